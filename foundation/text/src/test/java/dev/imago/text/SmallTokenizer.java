package dev.imago.text;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// A tokenizer trained on this module's own sources and on text that is hard on one.
final class SmallTokenizer {
  private SmallTokenizer() {}

  static Tokenizer train(int vocabularySize) throws InterruptedException {
    return BpeTrainer.train(
        BpeTrainer.Settings.of(vocabularySize), texts().iterator(), TrainingProgress.NONE);
  }

  static List<String> texts() {
    var texts = new ArrayList<String>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        texts.add(Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var random = new RandomText(3);
    for (int i = 0; i < 500; i++) {
      texts.add(random.next());
    }
    return texts;
  }
}
