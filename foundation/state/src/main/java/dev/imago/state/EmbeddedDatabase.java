package dev.imago.state;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/// H2 in a folder. The first process to come has the file, and lets others of the same machine in
/// at a port on loopback, with a key of 256 bits that stands in the folder, which only its owner
/// reads: so `imago keys revoke` works beside a server. When that process is gone, the next one has
/// the file.
///
/// H2's own way to this, AUTO_SERVER, closes the database as soon as a signal ends the process:
/// before the answers that are under way.
final class EmbeddedDatabase implements AutoCloseable {
  private static final int IN_USE = 90020;
  private static final int MOST_TRIES = 50;
  private static final long PAUSE_NANOS = 100_000_000;
  private static final String DOOR = "door-";

  private final DataSource source;

  /// Keeps the file while no transaction runs; so with the two others, which whoever comes by the
  /// door of another process has not.
  private final @Nullable Connection keeper;

  private final @Nullable Server server;
  private final @Nullable Path door;

  private EmbeddedDatabase(
      DataSource source,
      @Nullable Connection keeper,
      @Nullable Server server,
      @Nullable Path door) {
    this.source = source;
    this.keeper = keeper;
    this.server = server;
    this.door = door;
  }

  DataSource source() {
    return source;
  }

  /// Whether this process has the file, and did not come by another's door.
  boolean isOwner() {
    return keeper != null;
  }

  static EmbeddedDatabase open(Path folder) throws SQLException {
    make(folder);
    // Read by H2 once, before its first server: nobody else's machine is let in.
    if (System.getProperty("h2.bindAddress") == null) {
      System.setProperty("h2.bindAddress", "127.0.0.1");
    }
    String file = folder.resolve("imago").toString();
    // Answers are not kept for the same question again: what is asked often has changed since, and
    // to see that takes H2 a tenth of what finding room in a budget does.
    DataSource own =
        source(
            "jdbc:h2:file:"
                + file
                + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;TRACE_LEVEL_FILE=0"
                + ";LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;QUERY_CACHE_SIZE=64;OPTIMIZE_REUSE_RESULTS=0");
    for (int tries = 1; ; tries++) {
      try {
        return opened(own, own.getConnection(), folder, file);
      } catch (SQLException e) {
        if (e.getErrorCode() != IN_USE) {
          throw e;
        }
        DataSource through = throughDoor(folder);
        if (through != null) {
          return new EmbeddedDatabase(through, null, null, null);
        }
        if (tries == MOST_TRIES) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS); // its owner is just coming or going
      }
    }
  }

  private static void make(Path folder) {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
          Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
      }
    } catch (IOException e) {
      throw new EnvironmentException(
          "%s cannot be made for the state (%s); name another folder"
              .formatted(folder, e.getMessage()),
          e);
    }
  }

  private static DataSource source(String url) {
    var source = new JdbcDataSource();
    source.setUrl(url);
    source.setUser("imago");
    source.setPassword("");
    return source;
  }

  private static EmbeddedDatabase opened(
      DataSource own, Connection keeper, Path folder, String file) throws SQLException {
    Server server = null;
    try {
      byte[] random = new byte[32];
      new SecureRandom().nextBytes(random);
      String key = HexFormat.of().formatHex(random);
      server = Server.createTcpServer("-tcpPort", "0", "-tcpDaemon", "-key", key, file).start();
      String mine = DOOR + ProcessHandle.current().pid() + "-";
      for (Path stale : doors(folder)) {
        if (!stale.getFileName().toString().startsWith(mine)) {
          Files.deleteIfExists(stale);
        }
      }
      Path door = folder.resolve(mine + server.getPort());
      Files.writeString(door, server.getPort() + "/" + key);
      return new EmbeddedDatabase(own, keeper, server, door);
    } catch (SQLException | IOException e) {
      if (server != null) {
        server.stop();
      }
      keeper.close();
      throw e instanceof SQLException sql ? sql : new SQLException(e.getMessage(), e);
    }
  }

  private static List<Path> doors(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.getFileName().toString().startsWith(DOOR)).toList();
    }
  }

  /// The way in that the file's owner leaves open; null where none is yet.
  private static @Nullable DataSource throughDoor(Path folder) {
    try {
      for (Path door : doors(folder)) {
        DataSource through = source("jdbc:h2:tcp://127.0.0.1:" + Files.readString(door));
        try (Connection _ = through.getConnection()) {
          return through;
        } catch (SQLException _) {
          // A door that a killed process has left.
        }
      }
    } catch (IOException _) {
      // Its owner is just closing it.
    }
    return null;
  }

  @Override
  public void close() {
    try {
      if (door != null) {
        Files.deleteIfExists(door);
      }
      if (server != null) {
        server.stop();
      }
      if (keeper != null) {
        keeper.close();
      }
    } catch (IOException | SQLException _) {
      // The next owner takes away what is left.
    }
  }
}
