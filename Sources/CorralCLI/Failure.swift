import ArgumentParser
import CorralArtifacts
import CorralBaselines
import CorralData
import CorralEvaluation
import CorralExperiments
import CorralHTTP
import CorralIndex
import CorralLive
import CorralModels
import CorralPipeline
import CorralSampling
import CorralService
import CorralServing
import CorralSettings
import CorralStore
import CorralStreaming
import CorralText
import CorralTraining
import CorralVectors
import Foundation
import Torch

/// What a command cannot do with what it was given.
enum InputError: Error, CustomStringConvertible, Equatable {
  /// Two options that exclude each other, or one that is missing.
  case options(String)
  /// More items than there are.
  case tooMany(count: Int, items: Int)
  /// A model that lacks what a command needs.
  case wrongKind(model: String, kind: String, command: String, needs: String)
  /// A place that is taken.
  case exists(String)
  /// Something else that the caller can put right.
  case other(String)

  var description: String {
    switch self {
    case .options(let text), .other(let text): text
    case .tooMany(let count, let items):
      "-k \(count) is more than the catalogue holds: \(Format.counted(items, "item"))"
    case .wrongKind(let model, let kind, let command, let needs):
      "\(model) is \(Format.indefinite(kind)) model, and \(command) needs \(needs)"
    case .exists(let path):
      "\(path) exists already; choose another --out, or remove it first"
    }
  }
}

/// Work for which there is no memory.
struct MemoryError: Error, CustomStringConvertible {
  /// What the memory was for.
  let what: String
  /// The size that was asked for; `nil` if it is unknown.
  let bytes: Int?

  var description: String {
    let size = bytes.map { ", which takes \(Format.bytes($0))" } ?? ""
    return
      "there is not enough memory for \(what)\(size): lower the dimension or the layers of the "
      + "model, train.batch or the number of negatives, or use a machine with more memory"
  }
}

/// How a command that failed ends the process.
enum Failure {
  /// The exit code of work that could not be done.
  static let failed: Int32 = 1
  /// The exit code of input that is wrong.
  static let badInput: Int32 = 2
  /// The exit code of work that the user stopped: what a shell gives a process that Ctrl-C ended.
  static let stopped: Int32 = 130

  /// Says what is wrong, and ends the process.
  static func exit(with error: any Error) -> Never {
    guard let code = code(for: error) else { exitAsParsed(error) }
    say(error)
    Foundation.exit(code)
  }

  /// Ends the process as the argument parser would: help and version are results, which must reach
  /// standard output.
  private static func exitAsParsed(_ error: any Error) -> Never {
    let code = Corral.exitCode(for: error).rawValue
    let message = Corral.fullMessage(for: error)
    let text = message.isEmpty ? "" : message + "\n"
    guard code == 0 else {
      StandardStreams.say(text)
      Foundation.exit(code)
    }
    StandardStreams.output(text)
    do {
      try StandardStreams.checkOutput()
    } catch {
      say(error)
      Foundation.exit(failed)
    }
    Foundation.exit(code)
  }

  private static func say(_ error: any Error) {
    let style = Console(isJSON: false, verbosity: .normal).noteStyle
    StandardStreams.say(
      "\(style.bad("error:")) \(text(of: error))".printableLines(style) + "\n")
  }

  /// The exit code for an error, or `nil` where the argument parser knows better.
  static func code(for error: any Error) -> Int32? {
    switch error {
    case let error as RemoteError: error.isBadInput ? badInput : failed
    case EvaluationError.notANumber, TrainingError.lossNotFinite,
      TrainingError.parameterNotFinite, TrainingError.validationNotFinite,
      TrainingError.scoresNotFinite, TrainingError.streamLossNotFinite,
      TrainingError.streamParameterNotFinite, BaselineError.unsolvable, StreamError.unwritable,
      ArtifactError.diskFull, ArtifactError.unwritable, ArtifactError.busy,
      SafetensorsError.unwritable, DataError.unwritable, StoreError.diskFull, StoreError.locked,
      StoreError.failed, Server.Fault.noAddress, is StandardStreams.LostOutput,
      is MemoryError:
      failed
    case is CocoaError, is POSIXError:
      switch SystemReason.number(of: error) {
      case ENOENT, ENOTDIR, EISDIR, EACCES, EPERM, EROFS, EEXIST, ENAMETOOLONG, ELOOP: badInput
      default: failed
      }
    case is InputError, is SettingsError, is SettingError, is ServingError, is PipelineError,
      is ExperimentError, is DataError, is EvaluationError, is ArtifactError,
      is ModelsError, is TrainingError, is TorchError, is IndexError, is SamplingError,
      is SafetensorsError, is BaselineError, is LiveError, is StreamError, is StoreError,
      is ServiceError, is Server.Fault,
      is Keys.Fault:
      badInput
    default: nil
    }
  }

  /// An error in words; errors of the system are put into plain ones.
  static func text(of error: any Error) -> String {
    guard error is CocoaError || error is POSIXError else { return "\(error)" }
    let system = error as? CocoaError
    let path = system?.filePath ?? system?.url?.path ?? ""
    if SystemReason.number(of: error) == ENOSPC {
      return "no space is left on the disk that holds \(path); free some, or choose another --out"
    }
    return (path.isEmpty ? "" : path + ": ") + SystemReason.text(of: error)
  }
}
