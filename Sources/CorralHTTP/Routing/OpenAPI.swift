package import Hummingbird

/// Writes the OpenAPI 3.1 document of a table of routes.
package enum OpenAPI {
  /// The document as JSON.
  package static func document(of routes: [Route], version: String) -> ByteBuffer {
    let routes = routes.filter(\.isDocumented)
    var writer = JSONWriter(capacity: 1 << 16)
    writer.object { writer in
      writer.field("openapi", "3.1.0")
      writer.name("info")
      writer.object { writer in
        writer.field("title", "Corral")
        writer.field("version", version)
        writer.field(
          "description", "A recommender in front of users: answers, events, and what is known.")
        writer.name("license")
        writer.object {
          $0.field("name", "Apache-2.0")
          $0.field("identifier", "Apache-2.0")
        }
      }
      writer.name("servers")
      writer.array { $0.object { $0.field("url", "/") } }
      writer.name("paths")
      writer.object { writer in
        var seen: Set<String> = []
        for path in routes.map(\.path) where seen.insert(path).inserted {
          writer.name(path)
          writer.object { writer in
            for route in routes where route.path == path {
              writer.name(route.method.rawValue.lowercased())
              write(route, to: &writer)
            }
          }
        }
      }
      writer.name("components")
      writer.object { writer in writeComponents(of: routes, to: &writer) }
    }
    return writer.buffer
  }

  private static func write(_ route: Route, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("operationId", operation(route))
      writer.field("summary", route.summary)
      writer.field("tags", [route.tag])
      let parameters =
        route.names.map { ($0, "path") } + route.query.map { ($0, "query") }
      if !parameters.isEmpty {
        writer.name("parameters")
        writer.array { writer in
          for (parameter, place) in parameters { write(parameter, in: place, to: &writer) }
        }
      }
      if let body = route.body {
        writer.name("requestBody")
        writer.object { writer in
          writer.field("required", body.isRequired)
          writeContent("application/json", body.schema, to: &writer)
        }
      }
      writer.name("responses")
      writer.object { writer in
        writer.name("\(route.outcome.status)")
        writer.object { writer in
          writer.field("description", route.outcome.text)
          writeContent(route.outcome.type, route.outcome.schema, to: &writer)
        }
        for (status, text) in route.problems.sorted(by: { $0.key < $1.key }) {
          writer.name("\(status)")
          writer.object { writer in
            writer.field("description", text)
            if status == 429 || status == 503 {
              writer.name("headers")
              writer.object { writer in
                writer.name("Retry-After")
                writer.object { writer in
                  writer.name("schema")
                  Schema.integer(1...Int.max).write(to: &writer)
                }
              }
            }
            writeContent("application/json", AnswerSchema.error, to: &writer)
          }
        }
      }
      writer.name("security")
      writer.array { writer in
        guard route.scope != nil else { return }
        writer.object { writer in
          writer.name("bearer")
          writer.array { _ in }
        }
        writer.object { writer in
          writer.name("key")
          writer.array { _ in }
        }
      }
      writer.field("x-scope", route.scope?.rawValue)
    }
  }

  private static func write(
    _ parameter: Route.Parameter, in place: String, to writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.field("name", parameter.name)
      writer.field("in", place)
      writer.field("required", parameter.isRequired)
      writer.field("description", parameter.text)
      if parameter.isJSON {
        writeContent("application/json", parameter.schema, to: &writer)
      } else {
        writer.name("schema")
        parameter.schema.write(to: &writer)
      }
    }
  }

  private static func writeContent(_ type: String, _ schema: Schema?, to writer: inout JSONWriter) {
    writer.name("content")
    writer.object { writer in
      writer.name(type.prefix { $0 != ";" } == "text/plain" ? "text/plain" : type)
      writer.object { writer in
        writer.name("schema")
        (schema ?? .string(0...Int.max, .free)).write(to: &writer)
      }
    }
  }

  private static func writeComponents(of routes: [Route], to writer: inout JSONWriter) {
    var schemas: [String: Schema] = [:]
    AnswerSchema.error.collectNames(into: &schemas)
    for route in routes {
      route.body?.schema.collectNames(into: &schemas)
      route.outcome.schema?.collectNames(into: &schemas)
      for parameter in route.names + route.query { parameter.schema.collectNames(into: &schemas) }
    }
    writer.name("schemas")
    writer.object { writer in
      for (name, schema) in schemas.sorted(by: { $0.key < $1.key }) {
        writer.name(name)
        schema.writeDefinition(to: &writer)
      }
    }
    writer.name("securitySchemes")
    writer.object { writer in
      writer.name("bearer")
      writer.object { writer in
        writer.field("type", "http")
        writer.field("scheme", "bearer")
      }
      writer.name("key")
      writer.object { writer in
        writer.field("type", "apiKey")
        writer.field("in", "header")
        writer.field("name", "X-API-Key")
      }
    }
  }

  /// A name for the operation that generators of clients can use: `getUsersIdEvents`.
  private static func operation(_ route: Route) -> String {
    let words = route.path.split { !$0.isLetter && !$0.isNumber }.filter { $0 != "v1" }
    return route.method.rawValue.lowercased()
      + words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
