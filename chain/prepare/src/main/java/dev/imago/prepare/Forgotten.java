package dev.imago.prepare;

import dev.imago.core.AtomicFile;
import dev.imago.core.Hashing;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;

/// The documents that somebody wants forgotten: ids in a file, a line each. Those cut from one
/// document (`id#2`) go with it.
public final class Forgotten implements Serializable {
  private static final long serialVersionUID = 1L;

  /// In a workspace.
  public static final String NAME = "forgotten.txt";

  private final LinkedHashSet<String> ids;

  private Forgotten(LinkedHashSet<String> ids) {
    this.ids = ids;
  }

  public static Forgotten none() {
    return new Forgotten(new LinkedHashSet<>());
  }

  /// Those of a file, none where there is no such file.
  public static Forgotten read(Path file) {
    if (!Files.exists(file)) {
      return none();
    }
    try {
      var ids = new LinkedHashSet<String>(Files.readAllLines(file));
      ids.remove("");
      return new Forgotten(ids);
    } catch (IOException e) {
      throw AtomicFile.failure("read", file, e);
    }
  }

  /// Adds an id; whether it was not there.
  public static boolean add(Path file, String id) {
    var ids = new LinkedHashSet<>(read(file).ids);
    boolean added = ids.add(id);
    AtomicFile.write(file, String.join("\n", ids) + "\n");
    return added;
  }

  /// Whether a document is one of them.
  public boolean has(String id) {
    if (ids.isEmpty()) {
      return false;
    }
    for (int end = id.length(); end >= 0; end = id.lastIndexOf('#', end - 1)) {
      if (ids.contains(id.substring(0, end))) {
        return true;
      }
    }
    return false;
  }

  public boolean isEmpty() {
    return ids.isEmpty();
  }

  /// What decides a result: nothing where there are none.
  String external() {
    return ids.isEmpty() ? "" : "forgotten " + Hashing.of(String.join("\n", List.copyOf(ids)));
  }
}
