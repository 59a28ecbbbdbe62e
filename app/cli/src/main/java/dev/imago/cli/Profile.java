package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;

/// A recording of the JDK's Flight Recorder, with the settings that the JDK calls `profile`, from
/// its beginning to its close, however that comes.
final class Profile implements AutoCloseable {
  private final @Nullable Recording recording;
  private final @Nullable Path file;
  private final Console console;

  private Profile(@Nullable Recording recording, @Nullable Path file, Console console) {
    this.recording = recording;
    this.file = file;
    this.console = console;
  }

  /// Refuses a file that cannot be one, before any work.
  ///
  /// @param file null for no profile
  static void check(@Nullable Path file) {
    if (file == null) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (file.toString().isBlank() || Files.isDirectory(file)) {
      throw new ConfigException("--jfr «%s» is no file; name one, such as run.jfr".formatted(file));
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw new ConfigException("--jfr %s: there is no such folder as %s".formatted(file, folder));
    }
    if (!Files.isWritable(folder)) {
      throw new EnvironmentException(
          "--jfr %s: %s cannot be written; name a file elsewhere".formatted(file, folder));
    }
  }

  /// @param file null for no profile
  static Profile begin(@Nullable Path file, Console console) {
    if (file == null) {
      return new Profile(null, null, console);
    }
    try {
      var recording = new Recording(Configuration.getConfiguration("profile"));
      recording.setName("imago run");
      recording.setDestination(file.toAbsolutePath());
      recording.start();
      return new Profile(recording, file, console);
    } catch (IOException e) {
      throw AtomicFile.failure("write", file, e);
    } catch (ParseException e) {
      throw new IllegalStateException("the JDK's own settings of a profile", e);
    }
  }

  @Override
  public void close() {
    Recording at = recording;
    if (at != null) {
      var _ = at.stop(); // writes it
      at.close();
      console.note("profile: %s".formatted(file));
    }
  }
}
