package dev.imago.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// What a command printed in this process, and how it ended.
record Said(int exit, String out, String err) {
  /// Runs a command line here; what is no text is written as it says itself.
  static Said imago(Object... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var said = new ByteArrayOutputStream();
    var told = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
      String[] line = new String[words.length];
      for (int i = 0; i < line.length; i++) {
        line[i] = String.valueOf(words[i]);
      }
      int exit = Imago.execute(line);
      return new Said(
          exit, said.toString(StandardCharsets.UTF_8), told.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
