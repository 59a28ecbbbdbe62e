package dev.imago.accounts;

import dev.imago.core.EnvironmentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What is kept of a key: its HMAC-SHA-256 with a secret of the server, so that whoever reads the
/// database can neither use a key nor try guesses.
final class KeyHash {
  private static final int SECRET_BYTES = 32;

  /// Never fed: its copies are, since to make one anew each time takes longer than to hash.
  private final Mac keyed;

  KeyHash(byte[] secret) {
    try {
      keyed = Mac.getInstance("HmacSHA256");
      keyed.init(new SecretKeySpec(secret, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HMAC-SHA-256", e);
    }
  }

  /// With the secret of a file that only its owner reads, made where there is none.
  ///
  /// @throws EnvironmentException when it cannot be read or made, or others may read it
  static KeyHash of(Path file) {
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      if (file.getFileSystem().supportedFileAttributeViews().contains("posix")
          && Files.getPosixFilePermissions(file).stream()
              .anyMatch(p -> !p.name().startsWith("OWNER"))) {
        throw new EnvironmentException(
            "%s is the secret that keys are hashed with, and others than its owner may read it: `chmod 600` it"
                .formatted(file));
      }
      byte[] secret = HexFormat.of().parseHex(Files.readString(file).strip());
      if (secret.length != SECRET_BYTES) {
        throw new IllegalArgumentException(secret.length + " bytes");
      }
      return new KeyHash(secret);
    } catch (IOException e) {
      throw new EnvironmentException(
          "the secret that keys are hashed with cannot be read from or written to %s: %s"
              .formatted(file, e.getMessage()),
          e);
    } catch (IllegalArgumentException e) {
      throw new EnvironmentException(
          "%s holds no secret of 32 bytes in hexadecimal; bring back the one that keys were made with"
              .formatted(file),
          e);
    }
  }

  private static void make(Path file) throws IOException {
    byte[] secret = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(secret);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    FileAttribute<?>[] ownersAlone =
        file.getFileSystem().supportedFileAttributeViews().contains("posix")
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    try (var channel =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownersAlone)) {
      var bytes = HexFormat.of().formatHex(secret).getBytes(StandardCharsets.US_ASCII);
      channel.write(java.nio.ByteBuffer.wrap(bytes));
      if (channel instanceof java.nio.channels.FileChannel open) {
        open.force(true);
      }
    } catch (FileAlreadyExistsException _) {
      // Another process was quicker: its secret counts.
    }
  }

  /// In hexadecimal.
  String of(String key) {
    try {
      Mac mac = (Mac) keyed.clone();
      return HexFormat.of().formatHex(mac.doFinal(key.getBytes(StandardCharsets.UTF_8)));
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("the JDK's HMAC-SHA-256 can be copied", e);
    }
  }
}
