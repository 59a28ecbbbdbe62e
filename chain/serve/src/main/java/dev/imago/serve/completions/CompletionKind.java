package dev.imago.serve.completions;

/// The two ways to ask for an answer.
public enum CompletionKind {
  CHAT("/v1/chat/completions", "chatcmpl-", "chat.completion", "chat.completion.chunk"),
  TEXT("/v1/completions", "cmpl-", "text_completion", "text_completion");

  final String path;
  final String idPrefix;
  final String object;
  final String chunkObject;

  /// Of its route.
  public String path() {
    return path;
  }

  CompletionKind(String path, String idPrefix, String object, String chunkObject) {
    this.path = path;
    this.idPrefix = idPrefix;
    this.object = object;
    this.chunkObject = chunkObject;
  }
}
