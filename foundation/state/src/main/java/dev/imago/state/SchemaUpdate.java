package dev.imago.state;

import dev.imago.core.EnvironmentException;
import java.io.Reader;
import java.io.StringReader;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;
import org.jspecify.annotations.Nullable;

/// Brings a schema to its newest version, by Flyway, which is loaded only where a step is missing.
final class SchemaUpdate {
  /// Held, since the logging system lets go of loggers that nobody holds. Its progress is not our
  /// user's business.
  private final Logger flyway = Logger.getLogger("org.flywaydb");

  private final State state;
  private final DataSource connections;

  SchemaUpdate(State state, DataSource connections) {
    this.state = state;
    this.connections = connections;
  }

  void run(StateSchema schema) {
    int newest = schema.migrations().size();
    int found = state.transaction(tx -> version(tx, schema.name()));
    if (found > newest) {
      throw new EnvironmentException(
          "the state's schema %s has version %d, and this program knows %d: it was made by a newer one; update this one"
              .formatted(schema.name(), found, newest));
    }
    if (found < newest) {
      migrate(schema);
    }
  }

  /// The newest step that is done; -1 where one failed.
  private static int version(Transaction tx, String schema) throws SQLException {
    long tables =
        tx.number(
            "select count(*) from information_schema.tables where table_schema = ? and table_name ="
                + " 'flyway_schema_history'",
            schema);
    if (tables == 0) {
      return 0;
    }
    String history = "\"%s\".\"flyway_schema_history\"".formatted(schema);
    if (tx.number("select count(*) from " + history + " where not \"success\"") > 0) {
      return -1;
    }
    return (int)
        tx.number(
            "select max(cast(\"version\" as integer)) from "
                + history
                + " where \"version\" is not null");
  }

  private void migrate(StateSchema schema) {
    flyway.setLevel(Level.WARNING);
    try {
      Flyway.configure(SchemaUpdate.class.getClassLoader())
          .dataSource(connections)
          .resourceProvider(new Resources(schema))
          .javaMigrationClassProvider(List::of)
          .schemas(schema.name())
          .defaultSchema(schema.name())
          .createSchemas(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new EnvironmentException(
          "the state's schema %s could not be brought up to date: %s"
              .formatted(schema.name(), firstLine(e)),
          e);
    }
  }

  private static String firstLine(FlywayException e) {
    String message = String.valueOf(e.getMessage()).strip();
    return message.lines().findFirst().orElse(message);
  }

  /// The migrations as Flyway asks for them: by the beginning and the end of a file's name.
  private record Resources(StateSchema schema) implements ResourceProvider {
    @Override
    public @Nullable LoadableResource getResource(String name) {
      return getResources("V", new String[] {".sql"}).stream()
          .filter(resource -> resource.getFilename().equals(name))
          .findFirst()
          .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
      return prefix.equals("V")
          ? schema.migrations().stream().map(m -> (LoadableResource) new Script(m)).toList()
          : List.of();
    }
  }

  /// One migration as a file of Flyway's.
  private static final class Script extends LoadableResource {
    private final StateSchema.Migration migration;

    Script(StateSchema.Migration migration) {
      this.migration = migration;
    }

    @Override
    public Reader read() {
      return new StringReader(migration.sql());
    }

    @Override
    public String getFilename() {
      return "V%d__%s.sql".formatted(migration.version(), migration.title());
    }

    @Override
    public String getRelativePath() {
      return getFilename();
    }

    @Override
    public String getAbsolutePath() {
      return getFilename();
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return getFilename();
    }
  }
}
