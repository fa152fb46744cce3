/// Finds the route of a path, whatever number of routes there are.
package struct RouteTable: Sendable {
  /// What a path leads to.
  package enum Match: Sendable {
    /// A route, by its place in the table, and the values of the path as they were written.
    case route(Int, values: [Substring])
    /// A path that has other methods.
    case otherMethods(String)
    case none
  }

  private struct Node: Sendable {
    var literals: [Substring: Int] = [:]
    var parameter: Int?
    /// The routes that end here, by method.
    var routes: [(method: Route.Method, route: Int)] = []
  }

  package let routes: [Route]
  private var nodes = [Node()]

  /// A table of routes; no two have the same method and path.
  package init(_ routes: [Route]) {
    self.routes = routes
    for (place, route) in routes.enumerated() {
      var node = 0
      for segment in Self.segments(of: route.path[...]) {
        let isParameter = segment.hasPrefix("{")
        let known = isParameter ? nodes[node].parameter : nodes[node].literals[segment]
        let next = known ?? nodes.count
        if known == nil {
          nodes.append(Node())
          if isParameter {
            nodes[node].parameter = next
          } else {
            nodes[node].literals[segment] = next
          }
        }
        node = next
      }
      precondition(
        !nodes[node].routes.contains { $0.method == route.method },
        "\(route.method) \(route.path) stands twice in the table")
      nodes[node].routes.append((route.method, place))
    }
  }

  private static func segments(of path: Substring) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(\.self)
  }

  /// The route of a method and a path without its query; GET answers HEAD too.
  package func match(_ method: String, _ path: Substring) -> Match {
    guard path.utf8.first == UInt8(ascii: "/") else { return .none }
    var values: [Substring] = []
    guard let end = find(Self.segments(of: path)[...], from: 0, &values) else { return .none }
    let wanted = method == "HEAD" ? .get : Route.Method(rawValue: method)
    if let found = nodes[end].routes.first(where: { $0.method == wanted }) {
      return .route(found.route, values: values)
    }
    let methods = nodes[end].routes.map(\.method.rawValue)
    return .otherMethods(
      (methods + (methods.contains("GET") ? ["HEAD"] : [])).joined(separator: ", "))
  }

  /// A literal comes before a parameter; the walk turns back where it leads nowhere.
  private func find(_ segments: ArraySlice<Substring>, from node: Int, _ values: inout [Substring])
    -> Int?
  {
    guard let first = segments.first else { return nodes[node].routes.isEmpty ? nil : node }
    if let next = nodes[node].literals[first],
      let end = find(segments.dropFirst(), from: next, &values)
    {
      return end
    }
    guard let next = nodes[node].parameter, !first.isEmpty else { return nil }
    values.append(first)
    if let end = find(segments.dropFirst(), from: next, &values) { return end }
    values.removeLast()
    return nil
  }
}
