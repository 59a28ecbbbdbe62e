package dev.imago.tensor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Which of a model's files one is, as llama.cpp's `llama-gguf-split` and gguf-py split a model:
/// each says its number and how many there are, the first has all that is told of the model, and
/// their names differ in the number alone.
///
/// @param number from 0
/// @param count of the files
/// @param tensors of all of them; negative where the file does not say
record GgufSplit(int number, int count, long tensors) {
  private static final String PREFIX = "split.";
  private static final String NUMBER = "split.no";
  private static final String COUNT = "split.count";
  private static final String TENSORS = "split.tensors.count";
  private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\.gguf)");

  /// More are no model's, and a name has five digits.
  private static final int MOST = 99_999;

  /// A model in one file.
  static final GgufSplit WHOLE = new GgufSplit(0, 1, -1);

  static boolean isKey(String key) {
    return key.startsWith(PREFIX);
  }

  /// What a file says of itself.
  static GgufSplit of(GgufReader reader) throws BrokenFileException {
    Map<String, GgufValue> said = reader.metadata();
    if (!said.containsKey(COUNT)) {
      return WHOLE;
    }
    int count = (int) whole(reader, COUNT, 1, MOST);
    return new GgufSplit(
        (int) whole(reader, NUMBER, 0, count - 1),
        count,
        said.containsKey(TENSORS) ? whole(reader, TENSORS, 0, Integer.MAX_VALUE) : -1);
  }

  private static long whole(GgufReader reader, String key, long least, long most)
      throws BrokenFileException {
    GgufValue value = reader.metadata().get(key);
    if (value instanceof GgufValue.Whole(GgufValue.Type _, long number)
        && number >= least
        && number <= most) {
      return number;
    }
    throw reader.broken(key, "%s = %s is not in %d … %d".formatted(key, value, least, most));
  }

  /// The names of all files, where one is that of a split model's first; else itself alone.
  static List<String> names(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) != 1) {
      return List.of(name);
    }
    return IntStream.rangeClosed(1, Math.max(1, Integer.parseInt(parts.group(3))))
        .mapToObj(i -> named(parts, i))
        .toList();
  }

  private static String named(Matcher parts, int number) {
    return "%s-%05d-of-%s%s".formatted(parts.group(1), number, parts.group(3), parts.group(4));
  }

  /// The files after the first, which is this one.
  ///
  /// @throws BrokenFileException where it is not the first, or its name does not tell the others'
  List<Path> others(Path file, GgufReader reader) throws BrokenFileException {
    Matcher parts = NAME.matcher(String.valueOf(file.getFileName()));
    boolean fits =
        parts.matches()
            && Integer.parseInt(parts.group(2)) == number + 1
            && Integer.parseInt(parts.group(3)) == count;
    if (!fits) {
      throw reader.broken(
          COUNT,
          "it is file %d of %d, and its name does not end in -%05d-of-%05d.gguf, by which the others are found"
              .formatted(number + 1, count, number + 1, count));
    }
    if (number > 0) {
      throw reader.broken(
          NUMBER,
          "it is file %d of %d: name the first, %s".formatted(number + 1, count, named(parts, 1)));
    }
    return IntStream.rangeClosed(2, count)
        .mapToObj(i -> file.resolveSibling(named(parts, i)))
        .toList();
  }

  /// Checks that another file is the next of the same model.
  ///
  /// @param first the model's first file
  /// @param at its number, from 0
  void check(GgufReader first, GgufReader other, int at) throws BrokenFileException {
    GgufSplit said = of(other);
    if (said.number != at || said.count != count || said.tensors != tensors) {
      throw other.broken(
          NUMBER,
          "it is file %d of %d with %d tensors in all, and stands where file %d of %d with %d is looked for: these are files of different models"
              .formatted(said.number + 1, said.count, said.tensors, at + 1, count, tensors));
    }
    for (Map.Entry<String, GgufValue> each : other.metadata().entrySet()) {
      GgufValue known = first.metadata().get(each.getKey());
      if (!isKey(each.getKey())
          && !each.getKey().equals(Gguf.ALIGNMENT)
          && known != null
          && !known.equals(each.getValue())) {
        throw other.broken(
            each.getKey(),
            "%s = %s, and the first file has %s: these are files of different models"
                .formatted(
                    Excerpt.of(each.getKey()),
                    Excerpt.of(String.valueOf(each.getValue())),
                    Excerpt.of(String.valueOf(known))));
      }
    }
  }

  /// Checks that all tensors are there.
  void checkTensors(GgufReader first, long there) throws BrokenFileException {
    if (tensors >= 0 && tensors != there) {
      throw first.broken(
          TENSORS,
          "%s = %d, and its %d files have %d: these are files of different models"
              .formatted(TENSORS, tensors, count, there));
    }
  }
}
