// Past 400 lines: one tree of files, from a signed list of packages to what their scripts would do.
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/// A root file system of Debian packages: their files, as dpkg unpacks them, without their scripts
/// (none of those that an image needs has one that does more than what is done here).
///
/// What is fetched is held to the hashes of the mirror's `InRelease`, and that to its signature
/// (`gpgv` with Debian's keyring), or, where there is no `gpgv`, to a mirror behind HTTPS.
final class DebianTree {
  /// A file of the tree.
  ///
  /// @param entry with its final path
  record Node(TarArchiveEntry entry, byte[] bytes) {}

  private record Package(String name, String version, String paragraph, Map<String, String> told) {}

  private static final int TRIES = 4;

  private static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");

  /// Nobody reads them in an image; what says who wrote a package and under which licence stays.
  private static final List<String> LEFT_OUT =
      List.of("usr/share/man/", "usr/share/info/", "usr/share/locale/", "usr/share/lintian/");

  private static final Set<String> OF_THE_ARCHIVE =
      Set.of("Filename", "Size", "MD5sum", "SHA256", "Description-md5");

  private final HttpClient client =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
  private final String mirror;
  private final String suite;
  private final String architecture;

  /// Of every path its file.
  private final TreeMap<String, Node> nodes = new TreeMap<>();

  private DebianTree(String mirror, String suite, String architecture) {
    this.mirror = mirror.replaceAll("/+$", "");
    this.suite = suite;
    this.architecture = architecture;
  }

  /// Fetches packages and what they depend on.
  ///
  /// @param architecture as Debian calls it: `amd64`
  static Map<String, Node> of(
      String mirror, String suite, String architecture, List<String> packages)
      throws IOException, InterruptedException {
    var tree = new DebianTree(mirror, suite, architecture);
    for (String merged : List.of("bin", "sbin", "lib", "lib64")) {
      tree.put(directory("usr/" + merged));
      tree.put(link(merged, "usr/" + merged));
    }
    var status = new StringBuilder();
    for (Package each : tree.closure(packages).values()) {
      tree.unpack(each);
      status.append(each.paragraph).append("\n");
    }
    tree.put(directory("var/lib/dpkg"));
    tree.put("var/lib/dpkg/status", status.toString());
    tree.accounts();
    return tree.nodes;
  }

  /// What the scripts of base-passwd and libc-bin would do.
  private void accounts() {
    copy("usr/share/base-passwd/passwd.master", "etc/passwd");
    copy("usr/share/base-passwd/group.master", "etc/group");
    copy("usr/share/libc-bin/nsswitch.conf", "etc/nsswitch.conf");
  }

  private void copy(String from, String to) {
    Node node = nodes.get(from);
    if (node != null) {
      put(to, new String(node.bytes, StandardCharsets.UTF_8));
    }
  }

  /// The packages and what they depend on, by name.
  private Map<String, Package> closure(List<String> wanted)
      throws IOException, InterruptedException {
    Map<String, Package> all = packages();
    var provided = new HashMap<String, Package>();
    for (Package each : all.values()) {
      for (String name : each.told.getOrDefault("Provides", "").split(",")) {
        provided.putIfAbsent(bare(name), each);
      }
    }
    var chosen = new TreeMap<String, Package>();
    var open = new ArrayDeque<>(wanted);
    while (!open.isEmpty()) {
      String line = open.pop();
      List<String> names = Arrays.stream(line.split("\\|")).map(DebianTree::bare).toList();
      if (names.stream()
          .anyMatch(name -> chosen.containsKey(name) || isProvided(name, chosen.values()))) {
        continue;
      }
      Package found =
          names.stream()
              .filter(all::containsKey)
              .map(all::get)
              .findFirst()
              .orElseGet(
                  () ->
                      names.stream()
                          .filter(provided::containsKey)
                          .map(provided::get)
                          .findFirst()
                          .orElse(null));
      if (found == null) {
        throw new IOException("no package %s in %s %s".formatted(line.strip(), mirror, suite));
      }
      if (chosen.putIfAbsent(found.name, found) == null) {
        for (String field : List.of("Pre-Depends", "Depends")) {
          String needs = found.told.getOrDefault(field, "");
          if (!needs.isEmpty()) {
            open.addAll(List.of(needs.split(",")));
          }
        }
      }
    }
    return chosen;
  }

  private static boolean isProvided(String name, Collection<Package> by) {
    return by.stream()
        .flatMap(each -> Arrays.stream(each.told.getOrDefault("Provides", "").split(",")))
        .anyMatch(provided -> bare(provided).equals(name));
  }

  /// A dependency's package: without its version and architecture.
  private static String bare(String dependency) {
    return dependency.strip().replaceAll("[\\s(:\\[].*", "");
  }

  private Map<String, Package> packages() throws IOException, InterruptedException {
    String release =
        signed(new String(fetch("dists/%s/InRelease".formatted(suite)), StandardCharsets.UTF_8));
    String index = "main/binary-%s/Packages.xz".formatted(architecture);
    String hash =
        release
            .lines()
            .dropWhile(line -> !line.startsWith("SHA256:"))
            .skip(1)
            .takeWhile(line -> line.startsWith(" "))
            .map(line -> line.strip().split("\\s+"))
            .filter(parts -> parts.length == 3 && parts[2].equals(index))
            .map(parts -> parts[0])
            .findFirst()
            .orElseThrow(() -> new IOException("%s has no %s".formatted(suite, index)));
    byte[] packed = checked(fetch("dists/%s/%s".formatted(suite, index)), hash, index);
    var all = new LinkedHashMap<String, Package>();
    try (var in = new XZCompressorInputStream(new ByteArrayInputStream(packed))) {
      for (String paragraph :
          new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n+")) {
        if (!paragraph.isBlank()) {
          Package read = read(paragraph);
          all.put(read.name, read); // of two versions the later stands last
        }
      }
    }
    return all;
  }

  private static Package read(String paragraph) {
    var told = new LinkedHashMap<String, String>();
    var kept = new StringBuilder();
    String field = "";
    for (String line : paragraph.lines().toList()) {
      if (!line.startsWith(" ")) {
        field = line.substring(0, line.indexOf(':'));
        told.put(field, line.substring(line.indexOf(':') + 1).strip());
      }
      if (!OF_THE_ARCHIVE.contains(field)) {
        kept.append(line).append('\n');
        if (field.equals("Package")) {
          kept.append("Status: install ok installed\n");
        }
      }
    }
    return new Package(
        told.getOrDefault("Package", ""), told.getOrDefault("Version", ""), kept.toString(), told);
  }

  /// What Debian's keys have signed of it, and nothing that stands around that; or all of it, where
  /// HTTPS says who sent it.
  private String signed(String release) throws IOException, InterruptedException {
    Path file = Files.createTempFile("InRelease", "");
    Path inside = file.resolveSibling(file.getFileName() + ".signed");
    try {
      Files.writeString(file, release);
      Process gpgv =
          new ProcessBuilder(
                  "gpgv",
                  "-q",
                  "--keyring",
                  KEYRING.toString(),
                  "--output",
                  inside.toString(),
                  file.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(gpgv.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (gpgv.waitFor() != 0 && Files.exists(KEYRING)) {
        throw new IOException(
            "%s of %s is not signed by Debian: %s".formatted(suite, mirror, said));
      }
      if (Files.exists(KEYRING)) {
        return Files.readString(inside);
      }
    } catch (IOException e) {
      if (Files.exists(KEYRING) && !String.valueOf(e.getMessage()).contains("Cannot run program")) {
        throw e;
      }
    } finally {
      Files.deleteIfExists(inside);
      Files.delete(file);
    }
    if (!mirror.startsWith("https:")) {
      throw new IOException(
          "%s cannot be trusted: install gpgv and debian-archive-keyring, or name a mirror of https"
              .formatted(mirror));
    }
    return release;
  }

  /// A file of the mirror. Connections break now and then: it is asked four times.
  private byte[] fetch(String path) throws IOException, InterruptedException {
    URI uri = URI.create(mirror + "/" + path);
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<byte[]> answer =
            client.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofMinutes(5)).build(),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() == 200) {
          return answer.body();
        }
        if (answer.statusCode() < 500 || attempt == TRIES) {
          throw new RefusedException("%s answers %d".formatted(uri, answer.statusCode()));
        }
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw new IOException("%s cannot be read: %s".formatted(uri, e.getMessage()), e);
        }
      }
      Thread.sleep(Duration.ofSeconds(1L << attempt));
    }
  }

  /// To ask again would change nothing.
  private static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  private static byte[] checked(byte[] bytes, String hash, String what) throws IOException {
    try {
      String found = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      if (!found.equals(hash)) {
        throw new IOException("%s has the hash %s, and is to have %s".formatted(what, found, hash));
      }
      return bytes;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void unpack(Package each) throws IOException, InterruptedException {
    String file = each.told.getOrDefault("Filename", "");
    byte[] deb = checked(fetch(file), each.told.getOrDefault("SHA256", ""), file);
    System.out.printf("  %s %s%n", each.name, each.version);
    try (var in = new ArArchiveInputStream(new ByteArrayInputStream(deb))) {
      for (var part = in.getNextEntry(); part != null; part = in.getNextEntry()) {
        if (part.getName().startsWith("data.tar")) {
          byte[] data = in.readAllBytes();
          try (var tar = new TarArchiveInputStream(unpacked(part.getName(), data))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
              add(entry, tar);
            }
          }
        }
      }
    }
  }

  private static InputStream unpacked(String name, byte[] data) throws IOException {
    if (name.endsWith(".tar")) {
      return new ByteArrayInputStream(data);
    }
    try {
      return new CompressorStreamFactory()
          .createCompressorInputStream(
              name.endsWith(".zst")
                  ? CompressorStreamFactory.ZSTANDARD
                  : name.endsWith(".gz")
                      ? CompressorStreamFactory.GZIP
                      : CompressorStreamFactory.XZ,
              new ByteArrayInputStream(data));
    } catch (CompressorException e) {
      throw new IOException(e);
    }
  }

  private void add(TarArchiveEntry entry, TarArchiveInputStream tar) throws IOException {
    String path = merged(entry.getName());
    boolean told = !path.startsWith("usr/share/doc/") || path.endsWith("/copyright");
    if (path.isEmpty()
        || LEFT_OUT.stream().anyMatch(path::startsWith)
        || !told && !entry.isDirectory()
        || nodes.containsKey(path) && entry.isDirectory()) {
      return;
    }
    if (List.of("bin", "sbin", "lib", "lib64").contains(path)) {
      return; // the link that stands there
    }
    TarArchiveEntry own =
        entry.isSymbolicLink()
            ? new TarArchiveEntry(path, TarConstants.LF_SYMLINK)
            : new TarArchiveEntry(entry.isDirectory() ? path + "/" : path);
    own.setMode(entry.getMode());
    own.setUserId(entry.getLongUserId());
    own.setGroupId(entry.getLongGroupId());
    if (entry.isSymbolicLink()) {
      own.setLinkName(entry.getLinkName());
    }
    byte[] bytes = new byte[0];
    if (entry.isLink()) { // another name of a file that came before
      Node other = nodes.get(merged(entry.getLinkName()));
      if (other == null) {
        throw new IOException(
            "%s is a link to %s, which is not there".formatted(path, entry.getLinkName()));
      }
      bytes = other.bytes;
    } else if (entry.isFile()) {
      bytes = tar.readAllBytes();
    }
    put(new Node(own, bytes));
  }

  /// Where a path is in a tree of a merged /usr.
  private static String merged(String name) {
    String path = name.replaceFirst("^\\./?", "").replaceFirst("^/", "").replaceFirst("/$", "");
    return path.matches("(bin|sbin|lib|lib64)/.*") ? "usr/" + path : path;
  }

  private void put(String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(new Node(new TarArchiveEntry(path), bytes));
  }

  private void put(Node node) {
    if (node.entry.isFile()) {
      node.entry.setSize(node.bytes.length);
    }
    nodes.put(node.entry.getName().replaceFirst("/$", ""), node);
  }

  static Node directory(String path) {
    var entry = new TarArchiveEntry(path + "/");
    entry.setMode(0755);
    return new Node(entry, new byte[0]);
  }

  private static Node link(String path, String to) {
    var entry = new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
    entry.setLinkName(to);
    return new Node(entry, new byte[0]);
  }
}
