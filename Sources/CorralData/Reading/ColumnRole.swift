/// The role of a column in a log, and the usual names of such columns.
public enum ColumnRole: String, Sendable, Codable, CaseIterable {
  /// The user.
  case user
  /// The item.
  case item
  /// The time.
  case time
  /// The rating.
  case rating
  /// The kind of event.
  case event
  /// The weight of an interaction.
  case weight
  /// The title of an item, in the item file.
  case title

  /// The role in a message: `kind of event`.
  package var words: String { self == .event ? "kind of event" : rawValue }

  /// The setting that names the column.
  var setting: String { "data.columns.\(rawValue)" }

  /// The usual names, in order of preference; case, dashes and underscores do not matter.
  var usual: [String] {
    switch self {
    case .user: Self.users
    case .item: Self.items
    case .time: Self.times
    case .rating:
      [
        "rating", "score", "overall", "stars", "rate", "user_rating", "book_rating",
        "review_rating",
      ]
    case .event:
      [
        "event", "event_type", "behavior", "behaviour", "feedback_type", "action", "kind",
        "event_name", "event_kind", "behavior_type", "behaviour_type", "action_type",
        "interaction_type", "interaction", "activity_type", "activity", "operation", "type",
      ]
    case .weight: ["weight"]
    case .title:
      ["title", "movie_title", "item_name", "product_title", "name", "product_name", "book_title"]
    }
  }

  private static let users = [
    "user_id", "user", "uid", "visitor_id", "customer_id", "reviewer_id", "account_id", "member_id",
    "client_id", "buyer_id", "shopper_id", "viewer_id", "listener_id", "reader_id", "player_id",
    "person_id", "subscriber_id", "profile_id", "msno", "user_name", "customer", "visitor",
    "client", "member", "account", "reviewer", "anonymous_id", "cookie_id", "device_id",
    "session_id", "session",
  ]

  private static let items = [
    "item_id", "item", "iid", "movie_id", "video_id", "product_id", "article_id", "book_id",
    "track_id", "asin", "parent_asin", "song_id", "sku", "sku_id", "stock_code", "product_code",
    "item_code", "business_id", "content_id", "news_id", "game_id", "app_id", "recipe_id",
    "anime_id", "show_id", "isbn", "artist_id", "podcast_id", "episode_id", "listing_id",
    "property_id", "hotel_id", "restaurant_id", "venue_id", "poi_id", "location_id", "course_id",
    "job_id", "post_id", "story_id", "document_id", "doc_id", "page_id", "offer_id", "ad_id",
    "goods_id", "merchant_id", "gmap_id", "product", "article", "movie", "video", "book", "track",
    "song", "game", "artist", "page",
  ]

  private static let times = [
    "timestamp", "time", "time_ms", "ts", "datetime", "date_time", "unix_time", "unix_review_time",
    "event_time", "event_timestamp", "event_ts", "event_date", "created_at", "occurred_at", "when",
    "date", "t_dat", "order_date", "order_time", "order_datetime", "ordered_at",
    "order_purchase_timestamp", "order_timestamp", "purchase_date", "purchase_time",
    "purchase_timestamp", "purchase_ts", "purchased_at", "invoice_date", "transaction_date",
    "transaction_time", "transaction_timestamp", "rating_timestamp", "rated_at", "review_date",
    "review_time", "reviewed_at", "click_time", "clicked_at", "view_time", "viewed_at",
    "watched_at", "played_at", "listened_at", "visit_time", "visit_date", "visited_at",
    "interaction_time", "action_time", "server_time", "log_time", "created", "create_time",
    "creation_date", "creation_time",
  ]

  /// Names of quantities, which count as weights only if settings say so: a return is negative, and
  /// a bulk order is not a stronger preference.
  static let quantities = [
    "quantity", "qty", "count", "play_count", "playcount", "plays", "listen_count", "views",
    "num_views", "frequency",
  ]

  /// The number of usual names of a time that are accepted whatever the column holds: they mean
  /// nothing else in a log.
  static let certainTimes = 8
}
