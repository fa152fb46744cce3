// CorralBaselines
