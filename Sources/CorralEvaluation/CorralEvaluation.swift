// CorralEvaluation
