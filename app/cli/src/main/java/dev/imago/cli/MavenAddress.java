package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A jar by its Maven coordinates: `maven:GROUP:ARTIFACT:VERSION`. It is taken from the local
/// repository; what is not there Maven fetches, from where its own settings say.
record MavenAddress(String group, String artifact, String version) {
  private static final String SCHEME = "maven:";
  private static final String PART = "([A-Za-z0-9][A-Za-z0-9._-]*)";
  private static final Pattern FORM = Pattern.compile(SCHEME + PART + ":" + PART + ":" + PART);
  private static final Pattern LOCAL =
      Pattern.compile("<localRepository>\\s*([^<]+?)\\s*</localRepository>");

  /// Whether a text means such a jar, and no path.
  static boolean isOne(String text) {
    return text.startsWith(SCHEME);
  }

  /// @throws ConfigException for another form
  static MavenAddress parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches() || text.contains("..")) {
      throw new ConfigException(
          "%s is no Maven coordinate: maven:GROUP:ARTIFACT:VERSION".formatted(text));
    }
    return new MavenAddress(matcher.group(1), matcher.group(2), matcher.group(3));
  }

  /// Maven's local repository, as its settings of this user say.
  static Path repository(Path home) {
    Path settings = home.resolve(".m2").resolve("settings.xml");
    try {
      Matcher matcher = LOCAL.matcher(Files.exists(settings) ? Files.readString(settings) : "");
      return matcher.find()
          ? Path.of(matcher.group(1).replace("${user.home}", home.toString()))
          : home.resolve(".m2").resolve("repository");
    } catch (IOException e) {
      throw new EnvironmentException("cannot read %s: %s".formatted(settings, e.getMessage()), e);
    }
  }

  /// Where the jar lies in a repository.
  Path in(Path repository) {
    return repository
        .resolve(group.replace('.', '/'))
        .resolve(artifact)
        .resolve(version)
        .resolve("%s-%s.jar".formatted(artifact, version));
  }

  /// The jar, checked against the hash that stands beside it.
  ///
  /// @param maven the command, `mvn`
  Path fetch(Path repository, String maven, Consumer<String> notes)
      throws IOException, InterruptedException {
    Path jar = in(repository);
    if (!Files.exists(jar)) {
      List<String> command =
          List.of(
              maven,
              "-B",
              "-q",
              "--strict-checksums",
              "-Dmaven.repo.local=" + repository,
              "dependency:get",
              "-Dtransitive=false",
              "-Dartifact=%s:%s:%s".formatted(group, artifact, version));
      notes.accept("%s is not in %s: Maven fetches it".formatted(this, repository));
      run(command);
      if (!Files.exists(jar)) {
        throw new EnvironmentException("Maven brought no " + jar);
      }
    }
    check(jar);
    return jar;
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new EnvironmentException(
          "%s is not in the local repository, and %s, which would fetch it, cannot be started: %s"
              .formatted(this, command.getFirst(), e.getMessage()),
          e);
    }
    try {
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        String why =
            said.lines()
                .filter(l -> l.contains("ERROR"))
                .map(l -> l.replaceFirst(".*ERROR\\W*", ""))
                .findFirst()
                .orElse("it says nothing of it");
        throw new EnvironmentException(
            "Maven could not fetch %s: %s; what came is kept, run it again"
                .formatted(this, why.length() > 300 ? why.substring(0, 300) + "…" : why));
      }
    } finally {
      process.destroy();
    }
  }

  private static void check(Path jar) throws IOException {
    Path beside = jar.resolveSibling(jar.getFileName() + ".sha1");
    if (!Files.exists(beside)) {
      return;
    }
    String due = Files.readString(beside).strip().split("\\s")[0].toLowerCase(Locale.ROOT);
    String found = sha1(jar);
    if (!due.equals(found)) {
      throw new InputException(
          "%s has the SHA-1 %s, and %s says %s: remove both, and run it again"
              .formatted(jar, found, beside.getFileName(), due));
    }
  }

  private static String sha1(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-1");
      byte[] chunk = new byte[1 << 16];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return SCHEME + group + ":" + artifact + ":" + version;
  }
}
