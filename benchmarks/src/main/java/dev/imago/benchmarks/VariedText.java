package dev.imago.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/// More text than there is: `FILE MEGABYTES` writes the lines of a file as often as it takes, and
/// from the second time on one word in eight is another one of the text, as often as it stands
/// there. So n-grams grow with the text nearly as they do in text that was written. The same every
/// time.
final class VariedText {
  private static final int ONE_IN = 8;

  private VariedText() {}

  public static void main(String[] arguments) throws IOException {
    List<String> lines = Files.readAllLines(Path.of(arguments[0]));
    long most = Long.parseLong(arguments[1]) * 1_000_000;
    String[] words =
        lines.stream()
            .flatMap(line -> java.util.Arrays.stream(line.split("\\s+")))
            .filter(word -> !word.isEmpty())
            .limit(20_000_000)
            .toArray(String[]::new);
    var random = new SplittableRandom(1);
    try (var out =
        new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), 1 << 20)) {
      long written = 0;
      for (boolean first = true; written < most; first = false) {
        for (String line : lines) {
          String varied = first ? line : varied(line, words, random);
          out.append(varied).append('\n');
          written += varied.length() + 1;
          if (written >= most) {
            break;
          }
        }
      }
    }
  }

  private static String varied(String line, String[] words, SplittableRandom random) {
    var text = new StringBuilder();
    for (String word : line.strip().split("\\s+")) {
      text.append(text.isEmpty() ? "" : " ")
          .append(random.nextInt(ONE_IN) == 0 ? words[random.nextInt(words.length)] : word);
    }
    return text.toString();
  }
}
