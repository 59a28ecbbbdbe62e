package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.InputException;
import dev.imago.masking.RestoreStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What replaced what, a line of JSON each: `{"is": "<EMAIL_1>", "was": "…"}`. Only its owner reads
/// it.
record MaskMap(Path file) {
  static void write(Path file, Map<String, String> values) {
    var lines = new StringBuilder();
    new TreeMap<>(values)
        .forEach(
            (is, was) ->
                lines
                    .append(
                        JsonMapper.shared()
                            .createObjectNode()
                            .put("is", is)
                            .put("was", was)
                            .toString())
                    .append('\n'));
    try {
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Set<PosixFilePermission> owner = PosixFilePermissions.fromString("rw-------");
        if (Files.exists(file)) {
          Files.setPosixFilePermissions(file, owner);
        } else {
          Files.createFile(file, PosixFilePermissions.asFileAttribute(owner));
        }
      }
      Files.writeString(file, lines);
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    }
  }

  RestoreStream restoring() {
    var values = new HashMap<String, String>();
    try {
      for (String line : Files.readAllLines(file)) {
        JsonNode row = JsonMapper.shared().readTree(line);
        if (row.path("is").asString("").isEmpty() || !row.path("was").isString()) {
          throw new InputException(
              "%s has a row without is and was; name a file that --map wrote".formatted(file));
        }
        values.put(row.path("is").stringValue(), row.path("was").stringValue());
      }
    } catch (JacksonException e) {
      throw new InputException("%s is no map; name a file that --map wrote".formatted(file), e);
    } catch (IOException e) {
      throw new InputException(
          "%s cannot be read; name a file that --map wrote".formatted(file), e);
    }
    return new RestoreStream(values);
  }
}
