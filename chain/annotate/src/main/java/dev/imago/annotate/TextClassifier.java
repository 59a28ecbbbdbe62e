package dev.imago.annotate;

import dev.imago.core.InputException;
import dev.imago.linear.LinearFile;
import dev.imago.linear.LinearModel;
import dev.imago.linear.TextPieces;
import dev.imago.vectors.FastTextFile;
import dev.imago.vectors.TextLabeller;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A classifier of either kind, as its file tells: a linear one, or fastText's. Asked by any number
/// of threads.
public sealed interface TextClassifier {
  /// fastText's magic number.
  int FASTTEXT = 793712314;

  /// A class and how sure.
  record Told(String label, double probability) {}

  List<String> labels();

  /// The likeliest class.
  Told told(String text);

  /// The likeliest classes, the likeliest first; none of a text of which nothing is known.
  List<Told> told(String text, int count);

  /// A class of rows as the model writes it.
  default String written(String label) {
    return label;
  }

  /// @param raw whether fastText's words are what stands between blanks
  /// @throws InputException for a file that is no such model
  static TextClassifier open(Path file, boolean raw) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          "%s is no file; name a model that `imago classify train` wrote".formatted(file));
    }
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(4);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    boolean fastText =
        head.length == 4
            && ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getInt() == FASTTEXT;
    try {
      return fastText
          ? new OfLabels(new TextLabeller(FastTextFile.read(file)), raw)
          : new OfWeights(LinearFile.read(file));
    } catch (IllegalArgumentException e) {
      throw new InputException(String.valueOf(e.getMessage()), e);
    }
  }

  /// The words that fastText is given of a text: lower-cased, signs by themselves, each ideograph a
  /// word.
  static String cut(String text, boolean raw) {
    return raw ? text : String.join(" ", TextPieces.of(text));
  }

  /// fastText's files part labels at blanks: a label has none.
  static String withoutBlanks(String label) {
    return label.strip().replaceAll("\\s+", "_");
  }

  /// A linear classifier.
  record OfWeights(LinearModel model) implements TextClassifier {
    @Override
    public List<String> labels() {
      return model.labels();
    }

    @Override
    public Told told(String text) {
      String label = model.label(text);
      return new Told(label, model.probabilities(text)[model.labels().indexOf(label)]);
    }

    @Override
    public List<Told> told(String text, int count) {
      double[] p = model.probabilities(text);
      return IntStream.range(0, p.length)
          .mapToObj(c -> new Told(model.labels().get(c), p[c]))
          .sorted(Comparator.comparingDouble(Told::probability).reversed())
          .limit(count)
          .toList();
    }
  }

  /// fastText's kind.
  record OfLabels(TextLabeller labeller, boolean raw) implements TextClassifier {
    @Override
    public List<String> labels() {
      return labeller.labels();
    }

    @Override
    public String written(String label) {
      return withoutBlanks(label);
    }

    @Override
    public Told told(String text) {
      List<Told> told = told(text, 1);
      return told.isEmpty() ? new Told("", 0) : told.getFirst();
    }

    @Override
    public List<Told> told(String text, int count) {
      return labeller.labels(cut(text, raw), count).stream()
          .map(told -> new Told(told.label(), told.probability()))
          .toList();
    }
  }
}
