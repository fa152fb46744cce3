/// The text format of Prometheus, version 0.0.4.
enum PrometheusText {
  /// What a name means; names that are not here are shown without help.
  private static let help: [String: String] = [
    "corral_http_requests_total": "Requests answered, by route and status code.",
    "corral_http_request_duration_seconds": "The time from a request's head to its answer.",
    "corral_stage_duration_seconds": "The time of a stage of the answers.",
    "corral_candidates": "Candidates at a stage of the answers.",
    "corral_fallback_total": "Answers that fell back, by reason.",
    "corral_degraded_total": "Answers without a stage that was late, by that stage.",
    "corral_queue_waiting": "Requests that wait to be answered.",
    "corral_empty_responses_total": "Answers without any item.",
    "corral_model_info": "The version that serves.",
    "corral_model_age_seconds": "The time since the model was opened.",
    "corral_reload_total": "Reloads, by result.",
    "corral_index_items": "Items of the index.",
    "corral_side_items": "New and changed items that are searched beside the index.",
    "corral_stream_events_total": "Events stored, by type.",
    "corral_experiment_exposures_total": "Answers, by arm.",
    "corral_learn_up": "1 while the model learns, 0 while learning stands still with a failure.",
    "corral_learn_events": "Events that learning looked at.",
    "corral_learn_examples": "Examples that were learned.",
    "corral_learn_examples_per_second": "Examples learned a second, of late.",
    "corral_learn_loss": "The mean loss of late.",
    "corral_learn_recall":
      "The share of the latest events whose item was predicted, by the popularity of items.",
    "corral_learn_ndcg": "NDCG of the predictions of the latest events.",
    "corral_learn_lag_events": "Events that wait to be learned.",
    "corral_learn_model_age_seconds": "The time since the last publication, or since the start.",
    "corral_learn_popularity_shift":
      "The distance between the items of the latest events and those of all times, from 0 to 1.",
    "corral_learn_estimator_error":
      "How far estimated frequencies of items are from those of the latest events, as a logarithm.",
    "corral_learn_publications": "Snapshots that were published since the start.",
    "corral_learn_refusals": "Snapshots that were kept back since the start.",
    "corral_learn_users": "Users that learning knows.",
    "corral_learn_items": "Items that learning knows.",
    "process_resident_memory_bytes": "Memory that the process holds.",
    "process_start_time_seconds": "When the process started, in seconds since 1970.",
  ]

  /// A name with nothing in it that Prometheus forbids.
  static func name(_ label: String) -> String {
    var name = ""
    for scalar in label.unicodeScalars {
      let isAllowed =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || scalar == "_" || scalar == ":"
          || (!name.isEmpty && ("0"..."9").contains(scalar)))
      name.unicodeScalars.append(isAllowed ? scalar : "_")
    }
    return name.isEmpty ? "_" : name
  }

  /// Labels as they stand in braces, in the order of their names.
  static func labels(_ dimensions: [(String, String)]) -> String {
    dimensions.sorted { $0.0 < $1.0 }
      .map { "\(name($0.0))=\"\(escaped($0.1))\"" }.joined(separator: ",")
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// A number as Prometheus reads it.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int(exactly: value).map(String.init) ?? "\(value)"
  }

  /// Appends one line.
  static func line(_ name: String, _ labels: String, _ value: String, to text: inout String) {
    text += name
    if !labels.isEmpty { text += "{" + labels + "}" }
    text += " " + value + "\n"
  }

  /// All families in the order of their names.
  static func text(of families: [String: MetricsRegistry.Family]) -> String {
    var text = ""
    for (name, family) in families.sorted(by: { $0.key < $1.key }) {
      if let help = help[name] { text += "# HELP \(name) \(help)\n" }
      text += "# TYPE \(name) \(family.kind.rawValue)\n"
      for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
        series.write(name, labels: labels, to: &text)
      }
    }
    return text
  }
}
