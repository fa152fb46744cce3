/// The words of planted titles and features.
enum SyntheticWords {
  /// The genres, the most watched first.
  static let genres = [
    "Drama", "Comedy", "Thriller", "Adventure", "Romance", "Mystery", "Fantasy", "Western",
    "Horror", "Musical", "Documentary", "War",
  ]

  static let ageGroups = ["under 18", "18-24", "25-34", "35-49", "50 and over"]
  static let regions = ["north", "east", "south", "west", "islands", "abroad"]

  /// The number of distinct titles of a genre.
  static let titleCount = adjectives.count * 10 * 2

  /// Returns one of the titles of a genre.
  static func title(_ number: Int, genre: Int) -> String {
    let adjective = adjectives[number / 2 % adjectives.count]
    let noun = nouns[genre][number / 2 / adjectives.count]
    return number % 2 == 0 ? "The \(adjective) \(noun)" : "\(adjective) \(noun)"
  }

  private static let adjectives = [
    "Silent", "Golden", "Broken", "Hidden", "Distant", "Crimson", "Endless", "Forgotten", "Gentle",
    "Burning", "Frozen", "Restless", "Wandering", "Midnight", "Paper", "Hollow", "Scarlet",
    "Quiet", "Velvet", "Winter", "Electric", "Lonely", "Secret", "Shining", "Stolen", "Sunken",
    "Twisted", "Vanishing", "Whispering", "Yellow", "Ancient", "Bitter", "Crooked", "Dancing",
    "Empty", "Fearless", "Glass", "Honest", "Invisible", "Last",
  ]

  private static let nouns = [
    [
      "Harbour", "Orchard", "Letters", "Season", "Promise", "Daughter", "House", "Bridge", "River",
      "Inheritance",
    ],
    [
      "Wedding", "Neighbours", "Vacation", "Butler", "Parrot", "Landlord", "Reunion", "Bakery",
      "Mayor", "Honeymoon",
    ],
    [
      "Witness", "Alibi", "Pursuit", "Hostage", "Signal", "Protocol", "Informant", "Deadline",
      "Conspiracy", "Tunnel",
    ],
    [
      "Expedition", "Island", "Compass", "Summit", "Caravan", "Voyage", "Treasure", "Jungle",
      "Lagoon", "Explorer",
    ],
    [
      "Kiss", "Heart", "Summer", "Serenade", "Rendezvous", "Rose", "Affair", "Valentine", "Balcony",
      "Embrace",
    ],
    [
      "Clue", "Locket", "Stranger", "Manor", "Cipher", "Portrait", "Passenger", "Alley",
      "Testament",
      "Footprint",
    ],
    [
      "Dragon", "Kingdom", "Sorcerer", "Crown", "Unicorn", "Realm", "Amulet", "Griffin", "Oracle",
      "Enchantment",
    ],
    [
      "Saloon", "Sheriff", "Prairie", "Stagecoach", "Outlaw", "Canyon", "Ranch", "Mustang", "Gulch",
      "Posse",
    ],
    [
      "Crypt", "Scream", "Cellar", "Mirror", "Asylum", "Coffin", "Ritual", "Scarecrow", "Swamp",
      "Possession",
    ],
    [
      "Melody", "Chorus", "Stage", "Ballroom", "Orchestra", "Duet", "Spotlight", "Rhapsody",
      "Overture", "Encore",
    ],
    [
      "Ocean", "Glacier", "Archive", "Savannah", "Factory", "Harvest", "Planet", "Migration",
      "Reef", "Memory",
    ],
    [
      "Regiment", "Trench", "Armistice", "Battalion", "Convoy", "Frontier", "Siege", "Squadron",
      "Beachhead", "Outpost",
    ],
  ]
}
