// Runs the samples beside a folder `films` of data and a model `films-model` of it.

try trainARetriever()
let recommender = try openAModel()
try ask(recommender)
try filter(recommender)
try filterByFeatures(recommender)
await answerFromManyThreads(recommender)
