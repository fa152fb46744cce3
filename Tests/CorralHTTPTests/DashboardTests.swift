import CorralHTTP
import Testing

@Suite struct DashboardTests {
  private let texts = Dictionary(
    uniqueKeysWithValues: Dashboard.files.map {
      ($0.path, String(decoding: $0.bytes, as: UTF8.self))
    })
  private var scripts: [String: String] { texts.filter { $0.key.hasSuffix(".js") } }

  @Test func `every file that another file names is there, and nothing comes from elsewhere`()
    throws
  {
    let page = try #require(texts["/"])
    let named = page.matches(of: /(?:src|href)="([^"#][^"]*)"/).map { String($0.1) }
    #expect(named.count >= 5)
    for name in named { #expect(texts["/" + name] != nil, "the page names \(name)") }
    for (path, code) in scripts {
      for match in code.matches(of: /from "\.(\/[\w.]+)"/) {
        #expect(texts[String(match.1)] != nil, "\(path) imports \(match.1)")
      }
    }
    for (path, text) in texts where !path.hasPrefix("/uPlot") {
      let addresses = text.matches(of: /https?:\/\/[^"\s]+/)
      #expect(addresses.allSatisfy { $0.0 == "http://www.w3.org/2000/svg" }, "\(path) leads away")
    }
  }

  @Test func `the strictest policy of a browser lets the page work`() throws {
    let page = try #require(texts["/"])
    #expect(page.matches(of: /<script(?![^>]*\bsrc=)/).isEmpty, "a script is inline")
    #expect(page.matches(of: /<style|\sstyle=|\son\w+=/).isEmpty, "a style or handler is inline")
    #expect(Dashboard.policy.hasPrefix("default-src 'none'; "))
    #expect(!Dashboard.policy.contains("unsafe") && !Dashboard.policy.contains("*"))
  }

  @Test func `no script turns text into markup or code`() {
    let ways = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc/
    #expect(scripts.count > 5)
    for (path, code) in scripts { #expect(code.matches(of: ways).isEmpty, "\(path)") }
  }

  @Test func `the page stays small, and each file says what it is`() {
    #expect(Dashboard.files.map(\.bytes.count).reduce(0, +) < 150_000)
    let types = Dictionary(uniqueKeysWithValues: Dashboard.files.map { ($0.path, $0.type) })
    #expect(types["/"] == "text/html; charset=utf-8")
    #expect(types["/app.js"] == "text/javascript; charset=utf-8")
    #expect(types["/uPlot.js"] == "text/javascript; charset=utf-8")
    #expect(!types.values.contains("application/octet-stream"))
  }
}
