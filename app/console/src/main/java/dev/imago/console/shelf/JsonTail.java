package dev.imago.console.shelf;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;

/// The objects at the end of a file that has one on each line, as far as they are whole.
///
/// @param cut whether the file has more than was read
record JsonTail<T>(List<T> objects, boolean cut) {
  private static final int MOST_BYTES = 8 << 20;

  /// @return none where there is no file
  static <T> JsonTail<T> read(Path file, ObjectReader reader) {
    try (var in = new RandomAccessFile(file.toFile(), "r")) {
      long size = in.length();
      byte[] bytes = new byte[(int) Math.min(size, MOST_BYTES)];
      in.seek(size - bytes.length);
      in.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      boolean cut = size > MOST_BYTES;
      var objects = new ArrayList<T>();
      for (String line : text.substring(cut ? text.indexOf('\n') + 1 : 0).split("\n")) {
        try {
          T object = line.isBlank() ? null : reader.readValue(line);
          if (object != null) {
            objects.add(object);
          }
        } catch (JacksonException | IllegalArgumentException | NullPointerException _) {
          // A line that a kill broke off.
        }
      }
      return new JsonTail<>(objects, cut);
    } catch (IOException _) {
      return new JsonTail<>(List.of(), false); // none was written yet
    }
  }
}
