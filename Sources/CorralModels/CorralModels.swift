// CorralModels
