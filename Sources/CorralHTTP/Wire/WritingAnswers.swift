import CorralService
import CorralServing
import CorralStore

extension JSONWriter {
  /// Writes an answer.
  mutating func answer(_ answer: Answer) {
    object { writer in
      writer.field("request", answer.request)
      writer.field("model", answer.model)
      writer.field("arm", answer.arm)
      writer.field("degraded", answer.degraded?.rawValue)
      writer.name("milliseconds")
      writer.object { writer in
        writer.milliseconds("queue", answer.milliseconds.queue)
        writer.milliseconds("encoding", answer.milliseconds.encoding)
        writer.milliseconds("search", answer.milliseconds.search)
        writer.milliseconds("ranking", answer.milliseconds.ranking)
        writer.milliseconds("total", answer.milliseconds.total)
      }
      writer.name("items")
      writer.items(answer.items)
      if !answer.notices.isEmpty { writer.field("notices", answer.notices) }
    }
  }

  /// A time to the microsecond: more digits would be noise.
  private mutating func milliseconds(_ name: String, _ value: Double) {
    field(name, value.isFinite ? (value * 1000).rounded() / 1000 : 0)
  }

  /// Writes items of an answer.
  mutating func items(_ items: [Answer.Item]) {
    array { writer in
      for item in items {
        writer.object { writer in
          writer.field("id", item.id)
          writer.field("title", item.title)
          if let score = item.score, score.isFinite { writer.field("score", score) }
          writer.field("stage", item.stage.rawValue)
          writer.field("source", item.source.rawValue)
          if let reasons = item.because { writer.because(reasons) }
          if let cluster = item.cluster { writer.cluster(cluster) }
        }
      }
    }
  }

  private mutating func because(_ reasons: [Recommendations.Item.Reason]) {
    name("because")
    array { writer in
      for reason in reasons {
        writer.object { writer in
          writer.field("id", reason.id)
          writer.field("title", reason.title)
          writer.field("similarity", reason.similarity)
        }
      }
    }
  }

  private mutating func cluster(_ reason: ClusterReason) {
    name("cluster")
    object { writer in
      writer.field("number", reason.cluster)
      writer.field("name", reason.name)
      writer.field("probability", reason.share)
      writer.field("quota", reason.quota)
      writer.field("places", reason.places)
    }
  }

  /// Writes a stored event.
  mutating func event(_ stored: StoredEvent) {
    object { writer in
      let event = stored.event
      writer.field("position", stored.position)
      writer.field("id", event.id)
      writer.field("user", event.user)
      writer.field("item", event.item)
      writer.field("type", event.type)
      if let value = event.value, value.isFinite { writer.field("value", value) }
      writer.field("time", event.time.map(WireTime.text))
      writer.field("request", event.request)
    }
  }

  /// Writes features by name, in the order of the names.
  mutating func features(_ features: [String: FeatureValue]) {
    name("features")
    object { writer in
      for (name, value) in features.sorted(by: { $0.key < $1.key }) {
        switch value {
        case .number(let number): writer.field(name, number)
        case .categories(let texts): writer.field(name, texts)
        }
      }
    }
  }

  /// Writes what became of an item at every stage.
  mutating func explanation(_ explanation: Explanation) {
    object { writer in
      writer.field("shown", explanation.isShown)
      writer.name("steps")
      writer.array { writer in
        for step in explanation.steps {
          writer.object { writer in
            writer.field("stage", step.stage)
            writer.field("passed", step.passed)
            if let rank = step.rank { writer.field("rank", rank) }
            if let of = step.of { writer.field("of", of) }
            if let score = step.score, score.isFinite { writer.field("score", score) }
            writer.field("reason", step.reason)
          }
        }
      }
    }
  }

  /// Writes how what was shown did.
  mutating func report(_ report: EngagementReport) {
    object { writer in
      writer.name("rows")
      writer.array { writer in
        for row in report.rows {
          writer.object { writer in
            writer.field("source", row.source?.rawValue)
            writer.field("arm", row.arm)
            writer.field("type", row.type)
            writer.field("shown", row.rate.shown)
            writer.field("engaged", row.rate.engaged)
            writer.field("rate", row.rate.rate)
            writer.field("low", row.rate.low)
            writer.field("high", row.rate.high)
          }
        }
      }
      writer.name("comparisons")
      writer.array { writer in
        for comparison in report.comparisons {
          writer.object { writer in
            writer.field("arm", comparison.arm)
            writer.field("other", comparison.other)
            writer.field("type", comparison.type)
            writer.field("difference", comparison.difference)
            writer.field("low", comparison.low)
            writer.field("high", comparison.high)
            writer.field("p", comparison.p)
          }
        }
      }
    }
  }
}

extension ItemRecord: WireRecord {
  static let shapes = RecordShapes(
    sent: RequestSchema.items, fields: RequestSchema.itemFieldsOnly, known: AnswerSchema.itemRecord,
    page: AnswerSchema.itemPage)

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.field("title", title)
      writer.field("categories", categories)
      writer.features(features)
      writer.field("hidden", isHidden)
      writer.field("published_at", publishedAt.map(WireTime.text))
      writer.field("expires_at", expiresAt.map(WireTime.text))
    }
  }
}

extension UserRecord: WireRecord {
  static let shapes = RecordShapes(
    sent: RequestSchema.users, fields: RequestSchema.userFieldsOnly, known: AnswerSchema.userRecord,
    page: AnswerSchema.userPage)

  func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("id", id)
      writer.features(features)
    }
  }
}
