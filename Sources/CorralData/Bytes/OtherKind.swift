/// A file that is not a text of rows: what it is, and how to turn it into one.
enum OtherKind: Sendable, Equatable {
  case zip
  case spreadsheet
  case arrays
  case parquet
  case columnar(String)
  case sqlite
  case compressed(String, command: String)
  case gzipInGzip
  case tar
  case utf16
  case utf32
  case pickle
  case page
  case xml
  case pdf
  case jsonList
  case jsonOverLines
  case pointer
  case macLineEnds
  case binary

  private static let signatures: [(bytes: [UInt8], kind: OtherKind)] = [
    ([0x50, 0x4B, 0x05, 0x06], .zip), (Array("PAR1".utf8), .parquet),
    (Array("ORC".utf8), .columnar("an ORC")), (Array("Obj\u{1}".utf8), .columnar("an Avro")),
    (Array("ARROW1".utf8), .columnar("an Arrow")), (Array("FEA1".utf8), .columnar("a Feather")),
    ([0x89, 0x48, 0x44, 0x46], .columnar("an HDF5")),
    (Array("SQLite format 3".utf8), .sqlite),
    (Array("BZh".utf8), .compressed("bzip2", command: "bunzip2")),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .compressed("xz", command: "unxz")),
    ([0x28, 0xB5, 0x2F, 0xFD], .compressed("zstd", command: "unzstd")),
    ([0x04, 0x22, 0x4D, 0x18], .compressed("LZ4", command: "unlz4")),
    ([0x1F, 0x9D], .compressed("compress", command: "uncompress")),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .compressed("7-Zip", command: "7z x")),
    (Array("Rar!".utf8), .compressed("RAR", command: "unrar x")),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], .arrays), (Array("%PDF".utf8), .pdf),
    // These come first: the mark of UTF-16 is the start of theirs.
    ([0xFF, 0xFE, 0, 0], .utf32), ([0, 0, 0xFE, 0xFF], .utf32),
    ([0xFF, 0xFE], .utf16), ([0xFE, 0xFF], .utf16),
    (Array("version https://git-lfs".utf8), .pointer),
  ]

  /// Recognises a file by its first bytes, after inflating if it is compressed; `nil` for a text of
  /// rows.
  init?(of bytes: [UInt8], in path: String, isCompressed: Bool) {
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      let names = String(decoding: bytes.prefix(2000), as: UTF8.self)
      self =
        names.contains("[Content_Types].xml") || names.contains("xl/")
        ? .spreadsheet : names.contains(".npy") ? .arrays : .zip
      return
    }
    if let found = Self.signatures.first(where: { bytes.starts(with: $0.bytes) }) {
      self = found.kind
      return
    }
    if isCompressed, bytes.starts(with: [0x1F, 0x8B]) {
      self = .gzipInGzip
      return
    }
    if bytes.count > 262, bytes[257..<262].elementsEqual("ustar".utf8) {
      self = .tar
      return
    }
    if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) {
      self = .pickle
      return
    }
    guard let kind = Self.ofText(bytes) else { return nil }
    self = kind
  }

  /// Recognises texts that are not rows.
  private static func ofText(_ bytes: [UInt8]) -> OtherKind? {
    let zeros = bytes.indices.filter { bytes[$0] == 0 }
    // Every other byte of a Latin text in UTF-16 is 0.
    if bytes.count >= 4, zeros.count * 5 >= bytes.count * 2 {
      let odd = zeros.count { $0 % 2 == 1 }
      if odd == zeros.count || odd == 0 { return .utf16 }
    }
    if zeros.count * 20 > bytes.count { return .binary }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let plain = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
    let text = plain.drop { $0 <= Byte.space }
    let start = String(decoding: text.prefix(200), as: UTF8.self).lowercased()
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .page }
    if start.hasPrefix("<?xml") { return .xml }
    if let first = text.first, first == 0x5B {
      // A bracket can also start an identifier. In a JSON list an object, a list or nothing
      // follows.
      let next = text.dropFirst().first { $0 > Byte.space }
      if next == nil || next == 0x7B || next == 0x5B { return .jsonList }
    }
    if text.first == 0x7B {
      let line = text.prefix { $0 != Byte.newline }
      if line.count < text.count, line.dropFirst().allSatisfy({ $0 <= Byte.space }) {
        return .jsonOverLines
      }
    }
    if !bytes.contains(Byte.newline), let at = bytes.firstIndex(of: Byte.carriageReturn),
      at < bytes.count - 1
    {
      return .macLineEnds
    }
    return nil
  }

  /// Says what the file is and what to do, as the end of a message that names the file.
  var advice: String {
    switch self {
    case .zip:
      "this is a zip archive: unzip it, and give the path of the file inside"
    case .spreadsheet:
      "this is a workbook of a spreadsheet program: save the sheet as CSV, and give the path of that"
    case .arrays:
      "this is a file of NumPy arrays: write a table of them, with numpy.savetxt or pandas.DataFrame"
        + "(...).to_csv"
    case .parquet:
      "this is a Parquet file: convert it with python3 -c \"import pandas;"
        + " pandas.read_parquet('IN.parquet').to_csv('OUT.csv', index=False)\""
    case .columnar(let name):
      "this is \(name) file: convert it to CSV, as with to_csv of pandas"
    case .sqlite:
      "this is an SQLite database: export the table with sqlite3 -header -csv FILE"
        + " 'SELECT * FROM NAME' > OUT.csv"
    case .compressed(let name, let command):
      "this is compressed by \(name): unpack it with \(command), and give the path of the result;"
        + " only gzip can be read compressed"
    case .gzipInGzip:
      "this is compressed by gzip twice: unpack it with gunzip once"
    case .tar:
      "this is a tar archive: unpack it with tar xf, and give the path of the file inside"
    case .utf16:
      "this is UTF-16: convert it with iconv -f UTF-16 -t UTF-8 IN > OUT, or save it as UTF-8"
    case .utf32:
      "this is UTF-32: convert it with iconv -f UTF-32 -t UTF-8 IN > OUT, or save it as UTF-8"
    case .pickle:
      "this is a pickle of Python: write a table of it, as with to_csv of pandas"
    case .page:
      "this is an HTML page and not data: download the file itself, and not the page about it"
    case .xml: "this is an XML file: convert it to CSV or JSON lines"
    case .pdf: "this is a PDF: rows are read from CSV, JSON lines and atomic files"
    case .jsonList:
      "this is a JSON list: write one object per line, as with jq -c '.[]' IN > OUT.jsonl"
    case .jsonOverLines:
      "this is a JSON object over several lines: write one object per line, as with jq -c . IN >"
        + " OUT.jsonl"
    case .pointer:
      "this is a Git LFS pointer and not data: fetch the file itself with git lfs pull"
    case .macLineEnds:
      "its lines end with a carriage return alone, as on old Macs: convert it with tr '\\r' '\\n'"
        + " < IN > OUT"
    case .binary: "this is not text: rows are read from CSV, JSON lines and atomic files"
    }
  }
}
