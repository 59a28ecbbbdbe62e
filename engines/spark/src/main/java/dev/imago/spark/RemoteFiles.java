package dev.imago.spark;

import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Hashing;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/// Files on whatever file system their address names: Hadoop's. What is written is whole at once,
/// under its name, or not at all: a task that is tried again replaces what it wrote.
class RemoteFiles implements Serializable {
  private static final long serialVersionUID = 1L;

  private final SerializableConfiguration configuration;

  /// A file that was written.
  record Written(String name, long bytes, String sha256) implements Serializable {}

  /// Writes to a stream.
  interface Body {
    void write(OutputStream out) throws IOException;
  }

  RemoteFiles(SerializableConfiguration configuration) {
    this.configuration = configuration;
  }

  private FileSystem system(Path path) throws IOException {
    FileSystem system = path.getFileSystem(configuration.value());
    // Checksum files beside the files of a folder would be files of an artifact.
    system.setWriteChecksum(false);
    return system;
  }

  boolean exists(String uri) {
    try {
      return system(new Path(uri)).exists(new Path(uri));
    } catch (IOException e) {
      throw failure("read", uri, e);
    }
  }

  boolean isFolder(String uri) {
    try {
      Path path = new Path(uri);
      return exists(uri) && system(path).getFileStatus(path).isDirectory();
    } catch (IOException e) {
      throw failure("read", uri, e);
    }
  }

  /// What is in a folder, by name.
  List<FileStatus> list(String folder) {
    try {
      Path path = new Path(folder);
      var found = new ArrayList<>(List.of(system(path).listStatus(path)));
      found.sort((a, b) -> a.getPath().getName().compareTo(b.getPath().getName()));
      return found;
    } catch (IOException e) {
      throw failure("read", folder, e);
    }
  }

  FileStatus status(String uri) {
    try {
      return system(new Path(uri)).getFileStatus(new Path(uri));
    } catch (IOException e) {
      throw failure("read", uri, e);
    }
  }

  InputStream open(String uri) {
    try {
      return system(new Path(uri)).open(new Path(uri), 1 << 16);
    } catch (IOException e) {
      throw failure("read", uri, e);
    }
  }

  /// Copies a file to this machine.
  void get(String uri, java.nio.file.Path to) {
    try (InputStream in = open(uri)) {
      Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw failure("read", uri, e);
    }
  }

  /// Writes a file.
  ///
  /// @param attempt who writes: two that write the same file do so under names of their own, and
  ///   the last one stays
  Written write(String folder, String name, String attempt, Body body) {
    Path file = new Path(folder, name);
    // Beside the folder: a machine that is lost leaves no file in what is made.
    Path temporary =
        new Path(attempts(new Path(folder).getParent().toString()), name + "." + attempt);
    try {
      FileSystem system = system(file);
      system.mkdirs(file.getParent());
      system.mkdirs(temporary.getParent());
      MessageDigest digest = Hashing.sha256();
      long[] bytes = {0};
      try (OutputStream out =
          new DigestOutputStream(system.create(temporary, true), digest) {
            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
              super.write(from, offset, length);
              bytes[0] += length;
            }

            @Override
            public void write(int one) throws IOException {
              super.write(one);
              bytes[0]++;
            }
          }) {
        body.write(out);
      }
      if (file.toUri().getScheme() == null || file.toUri().getScheme().equals("file")) {
        java.nio.file.Path local = java.nio.file.Path.of(temporary.toUri().getPath());
        AtomicFile.sync(local);
        AtomicFile.move(local, java.nio.file.Path.of(file.toUri().getPath()));
      } else {
        // Not every file system renames over what is there.
        if (system.exists(file)) {
          system.delete(file, false);
        }
        if (!system.rename(temporary, file)) {
          throw new IOException(temporary + " could not be renamed");
        }
      }
      return new Written(name, bytes[0], Hashing.hex(digest));
    } catch (IOException e) {
      throw failure("write", file.toString(), e);
    }
  }

  /// Where files of a folder's folders are written before they have their names.
  static String attempts(String output) {
    return output + "/.attempts";
  }

  void delete(String folder) {
    try {
      system(new Path(folder)).delete(new Path(folder), true);
    } catch (IOException e) {
      throw failure("delete", folder, e);
    }
  }

  static EnvironmentException failure(String verb, String uri, IOException e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return new EnvironmentException("cannot %s %s: %s".formatted(verb, uri, reason), e);
  }
}
