import Corral

// App MODEL USER: ten recommendations of a saved model for a user.
let recommender = try Recommender.open(CommandLine.arguments[1])
let user = CommandLine.arguments[2]
let found = try recommender.recommend(Request(user: user, count: 10))
for item in found.items { print(item.title ?? item.id) }
