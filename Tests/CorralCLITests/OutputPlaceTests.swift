import CorralCLI
import CorralTesting
import Foundation
import Testing

/// A place to write to that cannot be one is refused before the work.
@Suite struct OutputPlaceTests {
  /// The message that refuses a file, its folder called DIR; `nil` for a file that is taken.
  private func refusal(of name: String, in folder: URL) -> String? {
    do {
      try OutputPlace.checkFile(folder.path + "/" + name)
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: folder.path, with: "DIR")
    }
  }

  @Test func `a new file and one that is replaced are taken`() throws {
    try withTemporaryFolder { folder in
      #expect(refusal(of: "new.csv", in: folder) == nil)
      try folder.write("before", as: "old.csv")
      #expect(refusal(of: "old.csv", in: folder) == nil)
    }
  }

  @Test func `a folder, a missing folder and a file as a folder are refused`() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.createDirectory(
        at: folder.appending(path: "taken.csv"), withIntermediateDirectories: true)
      try folder.write("words", as: "file")
      #expect(
        refusal(of: "taken.csv", in: folder)
          == "DIR/taken.csv is a folder; give --out the name of a file")
      #expect(
        refusal(of: "none/out.csv", in: folder)
          == "DIR/none/out.csv cannot be written: there is no folder DIR/none; make it, or give "
          + "another --out")
      #expect(
        refusal(of: "file/out.csv", in: folder)
          == "DIR/file/out.csv cannot be written: DIR/file is a file, not a folder; give another "
          + "--out")
    }
  }

  @Test func `a folder that may not be written is refused`() async {
    // In a process of its own that gives up the rights of root, which may write everywhere.
    await #expect(processExitsWith: .success) {
      try withTemporaryFolder { folder in
        let locked = folder.appending(path: "locked")
        try FileManager.default.createDirectory(at: locked, withIntermediateDirectories: true)
        chmod(folder.path, 0o755)
        chmod(locked.path, 0o555)
        if geteuid() == 0 { seteuid(65534) }
        defer { seteuid(getuid()) }
        do {
          try OutputPlace.checkFile(locked.path + "/out.csv")
        } catch {
          let message = "\(error)".replacingOccurrences(of: locked.path, with: "DIR")
          guard
            message == "DIR/out.csv cannot be written: permission denied in the folder DIR; "
              + "change its permissions, or give another --out"
          else { fatalError(message) }
          return
        }
        fatalError("the place was taken")
      }
    }
  }

  /// The model does not exist, so that whatever names another fault was found before it was opened.
  @Test func `recommend refuses a file and an empty list before it opens the model`() throws {
    try withTemporaryFolder { folder in
      let (blank, users) = (folder.path + "/blank.txt", folder.path + "/users.txt")
      try folder.write(" \n\n", as: "blank.txt")
      try folder.write("u1\n", as: "users.txt")
      func fault(users: String, out: String) throws -> String {
        let outcome = try Binary.run(
          "recommend", folder.path + "/no-model", "--users", users, "--out", folder.path + out)
        #expect(outcome.code == 2, "\(outcome.errors)")
        return outcome.errors
      }
      #expect(try fault(users: users, out: "/none/out.csv").contains("there is no folder"))
      #expect(try fault(users: users, out: "").contains("is a folder; give --out the name"))
      #expect(
        try fault(users: blank, out: "/out.csv").contains(
          "--users \(blank) names no user: write the id of one user on each line, or give --all"))
      #expect(try fault(users: users, out: "/out.csv").contains("no-model"))
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/out.csv"))
    }
  }
}
