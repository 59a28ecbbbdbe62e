import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.FilePermissions;
import com.google.cloud.tools.jib.api.buildplan.Port;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/// Packs a release as a container image, in a tar that `docker load`, `podman load` and `ctr images
/// import` take; no daemon is asked. `mvn -Prelease,image -Dmaven.test.skip=true package` runs it.
///
/// `ContainerImage ARCHIVE VERSION TARGET BASE MIRROR SUITE CREATED`
///
/// BASE `debian` is a tree of Debian packages with a run time that jlink makes of the JDK that this
/// runs on; anything else is an image with Java 25, bash and coreutils in it: `tar:FILE`, or the
/// name of one in a registry.
final class ContainerImage {
  /// What the launcher, the JVM and its native libraries ask for.
  private static final List<String> PACKAGES =
      List.of(
          "base-files",
          "base-passwd",
          "bash",
          "coreutils",
          "grep",
          "libc-bin",
          "libgomp1",
          "libstdc++6",
          "mawk",
          "tzdata",
          "zlib1g");

  /// Those that no class of ours names are for the JVM itself: character sets, elliptic curves, zip
  /// file systems, profiles.
  private static final String MODULES =
      "java.se,jdk.charsets,jdk.crypto.cryptoki,jdk.incubator.vector,jdk.jfr,jdk.localedata,jdk.management,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs";

  private static final String JAVA = "opt/java/25";

  /// As the chart has it.
  private static final String USER = "10001";

  private final Path target;
  private final Instant created;

  private ContainerImage(Path target, Instant created) {
    this.target = target;
    this.created = created;
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 7) {
      System.err.println("ContainerImage ARCHIVE VERSION TARGET BASE MIRROR SUITE CREATED");
      System.exit(2);
    }
    Path target = Files.createDirectories(Path.of(args[2]));
    var image = new ContainerImage(target, Instant.parse(args[6]));
    try {
      String base = args[3].equals("debian") ? "tar:" + image.debian(args[4], args[5]) : args[3];
      Path release = image.release(Path.of(args[0]));
      Path tar = target.resolve("imago-%s-image.tar".formatted(args[1]));
      image.pack(base, release, "imago:" + args[1], tar);
    } catch (IOException e) {
      System.err.println("image: " + e.getMessage());
      System.exit(1);
    }
  }

  /// The base of Debian packages and a run time, as the tar of an image of one layer: Jib adds no
  /// links, and trees of packages are full of them.
  private Path debian(String mirror, String suite) throws Exception {
    String architecture = architecture();
    System.out.printf("Debian %s of %s, %s:%n", suite, mirror, architecture);
    Map<String, DebianTree.Node> tree = DebianTree.of(mirror, suite, architecture, PACKAGES);
    var bytes = new ByteArrayOutputStream();
    try (var tar = tar(bytes)) {
      for (DebianTree.Node node : tree.values()) {
        write(tar, node.entry(), node.bytes());
      }
      for (String folder : List.of("opt/java", "opt/imago", "workspace")) {
        DebianTree.Node made = DebianTree.directory(folder);
        if (folder.equals("workspace")) {
          made.entry().setIds(Integer.parseInt(USER), Integer.parseInt(USER));
        }
        write(tar, made.entry(), new byte[0]);
      }
      addRuntime(tar);
    }
    byte[] layer = bytes.toByteArray();
    String id = sha256(layer);
    byte[] config =
        """
        {"architecture":"%s","os":"linux","created":"%s","config":{},\
        "rootfs":{"type":"layers","diff_ids":["sha256:%s"]},\
        "history":[{"created":"%s","created_by":"Debian %s, jlink"}]}\
        """
            .formatted(architecture, created, id, created, suite)
            .getBytes(StandardCharsets.UTF_8);
    byte[] manifest =
        "[{\"Config\":\"config.json\",\"RepoTags\":[\"imago-base:%s\"],\"Layers\":[\"layer.tar\"]}]"
            .formatted(suite)
            .getBytes(StandardCharsets.UTF_8);
    Path file = target.resolve("base.tar");
    try (var tar = tar(Files.newOutputStream(file))) {
      write(tar, new TarArchiveEntry("config.json"), config);
      write(tar, new TarArchiveEntry("layer.tar"), layer);
      write(tar, new TarArchiveEntry("manifest.json"), manifest);
    }
    return file;
  }

  private static String architecture() throws IOException {
    String own = System.getProperty("os.arch");
    return switch (own) {
      case "amd64", "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> throw new IOException("no image is made on a machine of " + own);
    };
  }

  private void addRuntime(TarArchiveOutputStream tar) throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("java.home"));
    Path runtime = target.resolve("runtime");
    delete(runtime);
    Process jlink =
        new ProcessBuilder(
                home.resolve("bin/jlink").toString(),
                "--add-modules",
                MODULES,
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--generate-cds-archive",
                "--output",
                runtime.toString())
            .inheritIO()
            .start();
    if (jlink.waitFor() != 0) {
      throw new IOException("jlink of %s failed".formatted(home));
    }
    try (Stream<Path> files = Files.walk(runtime)) {
      for (Path file : files.sorted().toList()) {
        String path = JAVA + "/" + runtime.relativize(file);
        if (Files.isDirectory(file)) {
          DebianTree.Node made = DebianTree.directory(path.replaceFirst("/$", ""));
          write(tar, made.entry(), new byte[0]);
          continue;
        }
        var entry = new TarArchiveEntry(path); // what a link of licences leads to is written
        entry.setMode(Files.isExecutable(file) ? 0755 : 0644);
        write(tar, entry, Files.readAllBytes(file));
      }
    }
  }

  private static TarArchiveOutputStream tar(OutputStream out) {
    var tar = new TarArchiveOutputStream(out, "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    return tar;
  }

  private void write(TarArchiveOutputStream tar, TarArchiveEntry entry, byte[] bytes)
      throws IOException {
    entry.setModTime(created.toEpochMilli());
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  /// Unpacks a release.
  private Path release(Path archive) throws IOException {
    Path folder = target.resolve("release");
    delete(folder);
    try (var in =
        new TarArchiveInputStream(
            GzipCompressorInputStream.builder()
                .setPath(archive)
                .setDecompressConcatenated(true)
                .get())) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String inside = entry.getName().replaceFirst("^[^/]*/?", "");
        Path file = folder.resolve(inside).normalize();
        if (!file.startsWith(folder)) {
          throw new IOException("%s has %s in it".formatted(archive, entry.getName()));
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(in, file);
        }
      }
    }
    return folder;
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private void pack(String base, Path release, String name, Path tar) throws Exception {
    JibContainerBuilder builder =
        base.startsWith("tar:")
            ? Jib.from(TarImage.at(Path.of(base.substring("tar:".length()))))
            : Jib.from(base);
    JibContainer made =
        builder
            .addFileEntriesLayer(layer("libraries", release, true))
            .addFileEntriesLayer(layer("imago", release, false))
            .setEntrypoint("/opt/imago/imago")
            .setProgramArguments("--help")
            .setEnvironment(
                Map.of("HOME", "/tmp", "IMAGO_WORKSPACE", "/workspace/imago", "LANG", "C.UTF-8"))
            .setUser(USER + ":" + USER)
            .setWorkingDirectory(AbsoluteUnixPath.get("/workspace"))
            .addVolume(AbsoluteUnixPath.get("/workspace"))
            .addExposedPort(Port.tcp(8080))
            .setLabels(
                Map.of(
                    "org.opencontainers.image.title", "imago",
                    "org.opencontainers.image.licenses", "Apache-2.0"))
            .setCreationTime(created)
            .containerize(
                Containerizer.to(TarImage.at(tar).named(name))
                    .setBaseImageLayersCache(target.resolve("cache"))
                    .setApplicationLayersCache(target.resolve("cache"))
                    .setOfflineMode(base.startsWith("tar:")));
    System.out.printf(
        "%s, %s (%s), %d MB%n", tar, name, made.getImageId(), Files.size(tar) / 1_000_000);
  }

  /// The release's own files, or the libraries of others, which change less often.
  private FileEntriesLayer layer(String name, Path release, boolean libraries) throws IOException {
    var layer = FileEntriesLayer.builder().setName(name);
    try (Stream<Path> files = Files.walk(release)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String path = release.relativize(file).toString();
        boolean library = path.startsWith("lib/") && !path.startsWith("lib/imago-");
        if (library == libraries) {
          layer.addEntry(
              file,
              AbsoluteUnixPath.get("/opt/imago/" + path),
              FilePermissions.fromOctalString(path.equals("imago") ? "755" : "644"),
              created);
        }
      }
    }
    return layer.build();
  }
}
