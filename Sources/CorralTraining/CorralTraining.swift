// CorralTraining
