import CorralService

extension JSONWriter {
  /// Writes how a model goes on learning.
  mutating func learning(_ status: LearningStatus) {
    object { writer in
      writer.field("events", status.events)
      writer.field("examples", status.examples)
      writer.finite("examples_per_second", status.examplesPerSecond)
      writer.known("loss", status.loss)
      writer.field("cutoff", status.cutoff)
      writer.field("predictions", status.predictions)
      writer.finite("recall", status.recall)
      writer.finite("ndcg", status.ndcg)
      writer.known("head_recall", status.headRecall)
      writer.known("tail_recall", status.tailRecall)
      if let lag = status.lag { writer.field("lag", lag) }
      writer.finite("model_age", status.modelAge)
      writer.field("users", status.users)
      writer.field("items", status.items)
      writer.finite("popularity_shift", status.popularityShift)
      writer.known("estimator_error", status.estimatorError)
      writer.field("publications", status.publications)
      writer.field("refusals", status.refusals)
      writer.field("last_refusal", status.lastRefusal)
      writer.field("published_at", status.publishedAt.map(WireTime.text))
      writer.field("failure", status.failure)
    }
  }

  /// Writes a number; one that is not finite is 0, since a reader needs a number.
  private mutating func finite(_ name: String, _ value: Double) {
    field(name, value.isFinite ? value : 0)
  }

  /// Writes a number if it is known; a loss that is not finite is none.
  private mutating func known(_ name: String, _ value: Double?) {
    if let value, value.isFinite { field(name, value) }
  }
}
