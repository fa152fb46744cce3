import CorralHTTP
import Testing

@Suite struct DashboardTests {
  private func text(_ path: String) throws -> String {
    String(decoding: try #require(Dashboard.files[path], "\(path) is missing").bytes, as: UTF8.self)
  }

  @Test func `every file that another file names is there, and nothing comes from elsewhere`()
    throws
  {
    let page = try text("/")
    let named =
      page.matches(of: /(?:src|href)="([^"#][^"]*)"/).map { String($0.1) }
    #expect(named.count >= 5)
    for name in named { #expect(Dashboard.files["/" + name] != nil, "the page names \(name)") }
    for (path, file) in Dashboard.files where path.hasSuffix(".js") {
      let code = String(decoding: file.bytes, as: UTF8.self)
      for match in code.matches(of: /from "\.(\/[\w.]+)"/) {
        #expect(Dashboard.files[String(match.1)] != nil, "\(path) imports \(match.1)")
      }
    }
    for (path, file) in Dashboard.files where !path.hasPrefix("/uPlot") {
      let addresses = String(decoding: file.bytes, as: UTF8.self).matches(of: /https?:\/\/[^"\s]+/)
      #expect(addresses.allSatisfy { $0.0 == "http://www.w3.org/2000/svg" }, "\(path) leads away")
    }
  }

  @Test func `the strictest policy of a browser lets the page work`() throws {
    let page = try text("/")
    #expect(page.matches(of: /<script(?![^>]*\bsrc=)/).isEmpty, "a script is inline")
    #expect(page.matches(of: /<style|\sstyle=|\son\w+=/).isEmpty, "a style or handler is inline")
    let policy = try #require(Dashboard.headers.first { $0.0 == "Content-Security-Policy" }).1
    #expect(policy.hasPrefix("default-src 'self'; ") && !policy.contains("unsafe"))
  }

  @Test func `no script turns text into markup or code`() {
    let ways = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc/
    for (path, file) in Dashboard.files where path.hasSuffix(".js") {
      #expect(String(decoding: file.bytes, as: UTF8.self).matches(of: ways).isEmpty, "\(path)")
    }
  }

  @Test func `the page stays small, and each file says what it is`() {
    #expect(Dashboard.files.values.map(\.bytes.count).reduce(0, +) < 150_000)
    #expect(Set(Dashboard.files.values.map(\.tag)).count == Dashboard.files.count)
    #expect(Dashboard.files["/"]?.contentType == "text/html; charset=utf-8")
    #expect(Dashboard.files["/app.js"]?.contentType == "text/javascript; charset=utf-8")
    #expect(!Dashboard.files.values.contains { $0.contentType == "application/octet-stream" })
  }
}
