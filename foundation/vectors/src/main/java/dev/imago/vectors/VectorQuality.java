package dev.imago.vectors;

import dev.imago.metrics.Correlation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What vectors are worth: analogies by section, and how well likeness follows what people say.
public final class VectorQuality {
  /// One section of analogies.
  ///
  /// @param asked questions whose words all have vectors
  /// @param right of these, those whose nearest word is the answer
  /// @param skipped questions with a word that has none
  public record Section(String name, int asked, int right, int skipped) {
    public double accuracy() {
      return asked == 0 ? 0 : (double) right / asked;
    }
  }

  /// How likeness follows people's.
  ///
  /// @param spearman of the cosines and the judgements
  /// @param pairs that both words of have vectors
  public record Agreement(double spearman, int pairs, int skipped) {}

  private VectorQuality() {}

  /// Analogies in the form of `questions-words.txt`: lines of four words under lines of `:
  /// section`. A word that is not there as it stands is looked for in lower case.
  ///
  /// @param first how many of the most frequent words may be answers
  /// @throws IllegalArgumentException for a line of another form
  public static List<Section> analogies(WordVectors vectors, Path file, int first) {
    var sections = new ArrayList<Section>();
    String name = "";
    var questions = new ArrayList<String[]>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.startsWith(":")) {
        close(sections, vectors, name, questions, first);
        name = line.substring(1).strip();
      } else if (!line.isBlank()) {
        String[] words = line.strip().split("\\s+");
        if (words.length != 4) {
          throw new IllegalArgumentException(
              "%s, line %d: %d words stand where an analogy has 4"
                  .formatted(file, number, words.length));
        }
        questions.add(words);
      }
    }
    close(sections, vectors, name, questions, first);
    return sections;
  }

  private static void close(
      List<Section> sections,
      WordVectors vectors,
      String name,
      List<String[]> questions,
      int first) {
    if (questions.isEmpty()) {
      return;
    }
    List<Boolean> told =
        questions.parallelStream()
            .map(
                q -> {
                  String[] known = new String[4];
                  for (int i = 0; i < 4; i++) {
                    known[i] = known(vectors, q[i], first);
                    if (known[i].isEmpty()) {
                      return null;
                    }
                  }
                  var nearest =
                      vectors.nearest(
                          vectors.offset(known[0], known[1], known[2]),
                          1,
                          new java.util.HashSet<>(List.of(known[0], known[1], known[2])),
                          first);
                  return !nearest.isEmpty() && nearest.getFirst().word().equals(known[3]);
                })
            .map(b -> b == null ? List.<Boolean>of() : List.of(b))
            .flatMap(List::stream)
            .toList();
    int right = (int) told.stream().filter(b -> b).count();
    sections.add(new Section(name, told.size(), right, questions.size() - told.size()));
    questions.clear();
  }

  private static String known(WordVectors vectors, String word, int first) {
    for (String form : new String[] {word, word.toLowerCase(Locale.ROOT)}) {
      int id = vectors.id(form);
      if (id >= 0 && id < first) {
        return form;
      }
    }
    return "";
  }

  /// Spearman's correlation with judgements: lines of two words and a number between tabs, `#`
  /// before remarks. Words with a vector by their sub-words alone count too.
  ///
  /// @throws IllegalArgumentException for a line of another form
  public static Agreement agreement(WordVectors vectors, Path file) {
    var cosines = new ArrayList<Double>();
    var judged = new ArrayList<Double>();
    int skipped = 0;
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.strip().split("\t|,");
      double judgement;
      try {
        // Fewer fields than three have no number in its place.
        judgement = Double.parseDouble(fields.length < 3 ? "" : fields[2].strip());
      } catch (NumberFormatException e) {
        if (number == 1) {
          continue; // names of columns
        }
        throw new IllegalArgumentException(
            "%s, line %d: «%s» is not two words and a number between tabs"
                .formatted(file, number, line),
            e);
      }
      var near =
          vectors.similarity(form(vectors, fields[0].strip()), form(vectors, fields[1].strip()));
      if (near.isPresent()) {
        cosines.add((double) near.get());
        judged.add(judgement);
      } else {
        skipped++;
      }
    }
    if (cosines.isEmpty() && skipped == 0) {
      throw new IllegalArgumentException(
          "%s holds no pair; give lines of two words and a number between tabs".formatted(file));
    }
    double spearman =
        cosines.size() < 2
            ? Double.NaN
            : Correlation.spearman(
                cosines.stream().mapToDouble(v -> v).toArray(),
                judged.stream().mapToDouble(v -> v).toArray());
    return new Agreement(spearman, cosines.size(), skipped);
  }

  private static String form(WordVectors vectors, String word) {
    return vectors.id(word) >= 0 ? word : word.toLowerCase(Locale.ROOT);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          file + " is not UTF-8; convert it first, with iconv say", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All sections as one.
  public static Section total(List<Section> sections) {
    return new Section(
        "all",
        sections.stream().mapToInt(Section::asked).sum(),
        sections.stream().mapToInt(Section::right).sum(),
        sections.stream().mapToInt(Section::skipped).sum());
  }
}
