package dev.imago.cli;

/// How a recipe's model is served.
///
/// @param weights the output that is served, such as `q8`
/// @param host the address to listen on
/// @param port 1 … 65535, or 0 for any free one
/// @param sequences answers at a time
/// @param name the model's name in the API
/// @param about what the model can do, on the chat page
/// @param hint what the chat page suggests to ask
/// @param maxTokens the longest answer where a request names none
/// @param temperature of sampling where a request names none; 0 is greedy, as evaluation is
/// @param conversation whether the page sends earlier turns along
record ServeOptions(
    String weights,
    String host,
    int port,
    int sequences,
    String name,
    String about,
    String hint,
    int maxTokens,
    float temperature,
    boolean conversation) {
  static final ServeOptions DEFAULTS =
      new ServeOptions("q8", "127.0.0.1", 8080, 8, "imago", "", "", 256, 0, false);

  ServeOptions {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port = " + port + " is outside 0 … 65535");
    }
    if (sequences < 1 || sequences > 128) {
      throw new IllegalArgumentException("sequences = " + sequences + " is outside 1 … 128");
    }
  }
}
