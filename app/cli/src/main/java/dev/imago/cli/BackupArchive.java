package dev.imago.cli;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Hashing;
import dev.imago.core.InputException;
import dev.imago.state.State;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/// A workspace and its state in one file: a tar (POSIX, as `tar --zstd -xf` reads it) of
/// `workspace/…`, and in the end [#SUMS], the hashes of all members in the form of `sha256sum -c`.
/// A file that was cut off has no such end and is refused.
///
/// **What it is of.** The state as it was at one moment, by the database's own copy. What refers to
/// others is read before them: the ledger's file before the database (an entry that is in both is
/// booked once), everything before the artifacts, which never change. A file that grows is taken up
/// to where it ended when it was opened; one that is written anew is the old one or the new.
final class BackupArchive {
  static final String SUMS = "SHA256SUMS";
  private static final String TOP = "workspace/";
  private static final String DATABASE = "imago.mv.db";

  /// What [AtomicFile] is still writing, a file's lock, what can be made again, and what an
  /// unfinished run needs, which changes under the reader.
  private static final Pattern LEFT_OUT =
      Pattern.compile(
          "(.*/)?\\.[^/]+\\.\\d+\\.\\d+|lock|alerts\\.lock|console|scratch|state/ledger-\\d+\\.lock");

  /// H2's own files, and the doors of processes: the database's copy stands for them.
  private static final Pattern OPEN_STATE =
      Pattern.compile("state/(imago\\.(mv|trace)\\.db.*|door-.*|\\.backup-.*)");

  /// How much an archive holds.
  record Extent(long files, long bytes, boolean withState) {}

  private BackupArchive() {}

  /// Writes the archive of a workspace.
  ///
  /// @param state open, or null where the workspace has none
  static Extent write(Path workspace, @Nullable State state, Path file) {
    var written = new ArrayList<Extent>();
    AtomicFile.replace(
        file,
        temporary -> {
          // With the secret of the keys in it, it is its owner's alone.
          Files.createFile(temporary, ownersAlone("rw-------"));
          try (var tar =
              new Writer(new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16))) {
            written.add(tar.all(workspace, state));
          }
        });
    return written.getFirst();
  }

  static FileAttribute<?>[] ownersAlone(String permissions) {
    return isPosix(Path.of("."))
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /// The one who writes, member by member.
  private static final class Writer implements AutoCloseable {
    private final TarArchiveOutputStream tar;
    private final TreeMap<String, String> sums = new TreeMap<>();
    private long bytes;

    Writer(OutputStream out) throws IOException {
      var packed = new ZstdOutputStream(out);
      packed.setChecksum(true);
      packed.setWorkers(1);
      tar = new TarArchiveOutputStream(packed, "UTF-8");
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    Extent all(Path workspace, @Nullable State state) throws IOException {
      List<Path> found = files(workspace);
      for (Path file : found) {
        if (!isArtifact(workspace, file)) {
          add(workspace, file);
        }
      }
      if (state != null) {
        addState(workspace.resolve("state"), state);
      }
      // Looked for again: what was read above may speak of those that have come since.
      for (Path file : files(workspace)) {
        if (isArtifact(workspace, file) && !add(workspace, file)) {
          throw new EnvironmentException(
              "%s was removed while it was being copied; run the backup again".formatted(file));
        }
      }
      long members = sums.size();
      var list = new StringBuilder();
      sums.forEach((name, hash) -> list.append(hash).append("  ").append(name).append('\n'));
      byte[] text = list.toString().getBytes(StandardCharsets.UTF_8);
      var entry = new TarArchiveEntry(SUMS);
      entry.setSize(text.length);
      tar.putArchiveEntry(entry);
      tar.write(text);
      tar.closeArchiveEntry();
      return new Extent(members, bytes, state != null);
    }

    private static boolean isArtifact(Path workspace, Path file) {
      return file.startsWith(workspace.resolve("artifacts"));
    }

    private static List<Path> files(Path workspace) throws IOException {
      var found = new ArrayList<Path>();
      Files.walkFileTree(
          workspace,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return isLeftOut(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (!isLeftOut(file)) {
                if (!attributes.isRegularFile()) {
                  throw new EnvironmentException(
                      "%s is a link or no file, which a workspace has none of: move it away"
                          .formatted(file));
                }
                found.add(file);
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // it has gone since its folder was read
              }
              throw e;
            }

            private boolean isLeftOut(Path path) {
              String name = workspace.relativize(path).toString().replace('\\', '/');
              return LEFT_OUT.matcher(name).matches() || OPEN_STATE.matcher(name).matches();
            }
          });
      found.sort(null);
      return found;
    }

    private void addState(Path folder, State state) throws IOException {
      Files.createDirectories(folder);
      // In the state's own folder: the process that has the database open may write there.
      Path copying = Files.createTempDirectory(folder, ".backup-");
      try {
        Path copy = copying.resolve(DATABASE);
        state.copyTo(copy);
        if (!add(copy, TOP + "state/" + DATABASE)) {
          throw new EnvironmentException(copy + " was removed; run the backup again");
        }
      } finally {
        Scratch.remove(copying);
      }
    }

    private boolean add(Path workspace, Path file) throws IOException {
      return add(file, TOP + workspace.relativize(file).toString().replace('\\', '/'));
    }

    /// @return false where it is there no longer
    private boolean add(Path file, String name) throws IOException {
      try (InputStream in = Files.newInputStream(file)) {
        var attributes = Files.readAttributes(file, BasicFileAttributes.class);
        long size = attributes.size();
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setLastModifiedTime(attributes.lastModifiedTime());
        if (isPosix(file)) {
          entry.setMode(mode(Files.getPosixFilePermissions(file)));
        }
        tar.putArchiveEntry(entry);
        var hashed = new DigestOutputStream(new Unclosed(tar), Hashing.sha256());
        if (copy(in, hashed, size) < size) {
          throw new EnvironmentException(
              "%s became shorter while it was being copied; run the backup again".formatted(file));
        }
        tar.closeArchiveEntry();
        sums.put(name, Hashing.hex(hashed.getMessageDigest()));
        bytes += size;
        return true;
      } catch (NoSuchFileException e) {
        return false;
      }
    }

    @Override
    public void close() throws IOException {
      tar.close();
    }
  }

  private static int mode(Set<PosixFilePermission> permissions) {
    int mode = 0;
    PosixFilePermission[] all = PosixFilePermission.values(); // as in rwxrwxrwx
    for (int i = 0; i < all.length; i++) {
      mode |= permissions.contains(all[i]) ? 1 << (all.length - 1 - i) : 0;
    }
    return mode;
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    var set = new HashSet<PosixFilePermission>();
    PosixFilePermission[] all = PosixFilePermission.values();
    for (int i = 0; i < all.length; i++) {
      if ((mode >> (all.length - 1 - i) & 1) == 1) {
        set.add(all[i]);
      }
    }
    return set;
  }

  private static long copy(InputStream in, OutputStream out, long most) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = most;
    while (left > 0) {
      int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (n < 0) {
        break;
      }
      out.write(buffer, 0, n);
      left -= n;
    }
    return most - left;
  }

  /// The archive's stream, which outlives its members.
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }

  /// Unpacks an archive into a folder, each file fsynced, and holds every byte against the hashes
  /// in its end.
  ///
  /// @param folder empty
  /// @throws InputException for a file that is no such archive, is cut off, or was changed
  static Extent unpack(Path file, Path folder) {
    var sums = new TreeMap<String, String>();
    String list = null;
    long bytes = 0;
    try (var tar =
        new TarArchiveInputStream(
            new BufferedInputStream(
                new ZstdInputStream(new BufferedInputStream(Files.newInputStream(file)))),
            "UTF-8")) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String name = entry.getName();
        if (list != null) {
          throw broken(file, "«%s» stands behind the list of hashes".formatted(name));
        }
        if (name.equals(SUMS)) {
          list = new String(tar.readAllBytes(), StandardCharsets.UTF_8);
          continue;
        }
        Path target = folder.resolve(name.startsWith(TOP) ? name.substring(TOP.length()) : "");
        if (!entry.isFile()
            || !target.equals(target.normalize())
            || !target.startsWith(folder)
            || target.equals(folder)) {
          throw broken(file, "«%s» is no file of a workspace".formatted(name));
        }
        if (sums.containsKey(name)) {
          throw broken(file, "«%s» is there twice".formatted(name));
        }
        sums.put(name, unpack(tar, entry, target));
        bytes += entry.getSize();
      }
    } catch (NoSuchFileException e) {
      throw AtomicFile.failure("read", file, e);
    } catch (IOException | IllegalArgumentException e) {
      if (e instanceof IOException io && isOfDisk(io)) {
        throw AtomicFile.failure("write", folder, io);
      }
      throw broken(file, String.valueOf(e.getMessage()));
    }
    if (list == null) {
      throw broken(file, "it has no list of hashes in its end: it was cut off");
    }
    var expected = new StringBuilder();
    sums.forEach((name, hash) -> expected.append(hash).append("  ").append(name).append('\n'));
    if (!expected.toString().equals(list)) {
      Set<String> listed = Set.of(list.split("\n"));
      String which =
          sums.entrySet().stream()
              .filter(each -> !listed.contains(each.getValue() + "  " + each.getKey()))
              .map(each -> "«" + each.getKey() + "» is not as it was written")
              .findFirst()
              .orElse("a file is missing that its list of hashes names");
      throw broken(file, which);
    }
    return new Extent(sums.size(), bytes, Files.exists(folder.resolve("state").resolve(DATABASE)));
  }

  /// Zstandard's and tar's errors are of the archive; a file system's own are of the disk.
  private static boolean isOfDisk(IOException e) {
    return e instanceof java.nio.file.FileSystemException
        || String.valueOf(e.getMessage()).contains("No space left");
  }

  private static String unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path target)
      throws IOException {
    Files.createDirectories(target.getParent());
    var digest = Hashing.sha256();
    Files.createFile(target, ownersAlone("rw-------"));
    try (var out =
        new DigestOutputStream(
            new BufferedOutputStream(Files.newOutputStream(target), 1 << 16), digest)) {
      var _ = copy(tar, out, entry.getSize());
    }
    AtomicFile.sync(target);
    if (isPosix(target)) {
      Files.setPosixFilePermissions(target, permissions(entry.getMode()));
    }
    Files.setLastModifiedTime(target, entry.getLastModifiedTime());
    return Hashing.hex(digest);
  }

  private static InputException broken(Path file, String why) {
    return new InputException(
        "%s is no whole backup of `imago backup`: %s; take another".formatted(file, why));
  }

  /// Whether a folder is missing or has nothing in it.
  static boolean isEmpty(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return true;
    }
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (var in = Files.list(folder)) {
      return in.findAny().isEmpty();
    }
  }
}
