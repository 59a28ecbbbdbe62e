package dev.imago.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The tables of one module: a schema of its name, as the sum of its migrations. Released
/// migrations never change: what is to be otherwise is one more.
///
/// @param name of the schema, lower case: statements name tables as `name.table`
public record StateSchema(String name, List<Migration> migrations) {
  public StateSchema {
    migrations = List.copyOf(migrations);
    if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException("no name of a schema: " + name);
    }
    for (int i = 0; i < migrations.size(); i++) {
      if (migrations.get(i).version != i + 1) {
        throw new IllegalArgumentException("migrations are numbered from 1 without gaps");
      }
    }
  }

  /// One step from a version to the next.
  ///
  /// @param version 1 for the first
  /// @param title a few words, in lower case with underscores
  public record Migration(int version, String title, String sql) {
    /// One from a resource of the caller's.
    public static Migration read(int version, String title, @Nullable InputStream resource) {
      try (InputStream in = Objects.requireNonNull(resource, title)) {
        return new Migration(version, title, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// The schema as it was at an earlier version, for tests of the way from there.
  public StateSchema upTo(int version) {
    return new StateSchema(name, migrations.subList(0, version));
  }
}
