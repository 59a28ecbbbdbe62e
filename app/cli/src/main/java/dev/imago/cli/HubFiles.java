package dev.imago.cli;

import dev.imago.core.AtomicFile;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Hashing;
import dev.imago.core.InputException;
import dev.imago.core.Progress;
import dev.imago.fetch.PartFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.stream.Stream;

/// The files of one commit on their way into a folder. What a kill or a broken line left of a file
/// is gone on from; a file has its name once its hash is what the hub says.
///
/// @param folder of this commit alone
record HubFiles(Hub hub, HubAddress address, String commit, Path folder) {
  /// Bytes of a file that are there.
  long there(Hub.Entry entry) {
    try {
      Path whole = folder.resolve(entry.fileName());
      Path part = part(entry);
      return Files.exists(whole) ? Files.size(whole) : Files.exists(part) ? Files.size(part) : 0;
    } catch (IOException e) {
      throw AtomicFile.failure("read", folder, e);
    }
  }

  private Path part(Hub.Entry entry) {
    String tag = entry.tag().replaceAll("[^0-9a-z]", "");
    return folder.resolve(
        entry.fileName() + "." + tag.substring(0, Math.min(12, tag.length())) + ".part");
  }

  /// Fetches a file, or what is missing of it.
  Path fetch(Hub.Entry entry, Progress progress) throws InterruptedException {
    Path whole = folder.resolve(entry.fileName());
    try {
      if (Files.exists(whole)
          && Files.size(whole) == entry.bytes()
          && fault(whole, entry).isEmpty()) {
        progress.add(entry.bytes());
        return whole;
      }
      Files.createDirectories(folder);
      Path part = part(entry);
      receive(entry, part, progress);
      String fault = fault(part, entry);
      if (!fault.isEmpty()) {
        Files.delete(part);
        throw new InputException(
            "%s of %s did not come as it is there: %s; it is removed, run it again"
                .formatted(entry.name(), address, fault));
      }
      Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
      return whole;
    } catch (IOException e) {
      throw AtomicFile.failure("write", folder, e);
    }
  }

  private void receive(Hub.Entry entry, Path part, Progress progress)
      throws IOException, InterruptedException {
    try {
      PartFile.receive(part, entry.bytes(), from -> piece(entry, from), progress::add);
    } catch (PartFile.BrokenOffException e) {
      throw new EnvironmentException(
          "the connection to %s breaks at %s of the %s of %s; run it again, it goes on from there"
              .formatted(
                  hub.endpoint(),
                  Quantity.of(e.position(), "bytes"),
                  Quantity.of(entry.bytes(), "bytes"),
                  entry.name()),
          e);
    }
  }

  private PartFile.Piece piece(Hub.Entry entry, long from) throws IOException {
    HttpURLConnection answer = hub.get(address, commit, entry.name(), from);
    InputStream body = opened(answer);
    boolean whole = answer.getResponseCode() != HttpURLConnection.HTTP_PARTIAL;
    return new PartFile.Piece(body, whole, answer::disconnect);
  }

  private InputStream opened(HttpURLConnection answer) {
    try {
      return answer.getInputStream();
    } catch (IOException e) {
      throw hub.unreachable(e);
    }
  }

  /// What is wrong with a file that came; empty where nothing is. Of a hub that gives no hash, its
  /// size is all that can be looked at.
  private static String fault(Path file, Hub.Entry entry) throws IOException {
    long bytes = Files.size(file);
    if (entry.bytes() >= 0 && bytes != entry.bytes()) {
      return "%,d bytes in place of %,d".formatted(bytes, entry.bytes());
    }
    if (!hashed(entry)) {
      return "";
    }
    boolean git = entry.tag().length() == 40;
    MessageDigest digest = git ? sha1() : Hashing.sha256();
    if (git) {
      digest.update("blob %d\0".formatted(bytes).getBytes(StandardCharsets.UTF_8));
    }
    byte[] chunk = new byte[1 << 20];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
    String found = Hashing.hex(digest);
    return found.equals(entry.tag())
        ? ""
        : "its %s is %s, and the hub says %s".formatted(digest.getAlgorithm(), found, entry.tag());
  }

  /// Whether the hub gives a hash of it: SHA-256 of large files, Git's of small ones.
  static boolean hashed(Hub.Entry entry) {
    return entry.tag().matches("[0-9a-f]{40}|[0-9a-f]{64}");
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Removes all that was fetched, once it is an artifact.
  void discard() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException e) {
      throw AtomicFile.failure("remove", folder, e);
    }
  }
}
