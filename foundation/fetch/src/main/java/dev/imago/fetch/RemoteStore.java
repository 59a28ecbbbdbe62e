package dev.imago.fetch;

import dev.imago.core.AtomicFile;
import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.Hashing;
import dev.imago.core.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Files behind an address that a user named: `https://…`, `http://…`, or in a store that speaks
/// S3, `s3://bucket/prefix`.
///
/// What a user names may lie in a private network; where a server sends on to may not.
public final class RemoteStore {
  private static final int MOST_REDIRECTS = 5;
  private static final int MOST_TRIES = 5;
  private static final long LONGEST_PAUSE_SECONDS = 300;

  private final String agent;
  private final Map<String, String> environment;
  private final Clock clock;

  /// @param agent what is sent as User-Agent
  /// @param environment where AWS's variables are looked for
  public RemoteStore(String agent, Map<String, String> environment, Clock clock) {
    this.agent = agent;
    this.environment = Map.copyOf(environment);
    this.clock = clock;
  }

  /// Whether a source is an address, and no path.
  public static boolean isRemote(String source) {
    return source.matches("(?i)(https?|s3)://.*");
  }

  /// The files behind an address: one, or all below a prefix of a store, in their order.
  ///
  /// @throws ConfigException for an address that is none
  /// @throws InputException where there is nothing
  /// @throws EnvironmentException where it cannot be reached
  public List<RemoteFile> list(String source) throws InterruptedException {
    if (source.toLowerCase(Locale.ROOT).startsWith("s3://")) {
      return s3().list(source);
    }
    WebAddress address = address(source);
    try (WebAnswer answer = open(address, Map.of())) {
      String length = answer.header("Content-Length");
      boolean plain = answer.header("Content-Encoding").isEmpty() && length.matches("[0-9]{1,18}");
      String tag = answer.header("ETag");
      return List.of(
          new RemoteFile(
              name(address),
              source,
              address,
              plain ? Long.parseLong(length) : -1,
              tag.isEmpty() ? answer.header("Last-Modified") : tag));
    } catch (IOException e) {
      throw unreachable(source, e);
    }
  }

  private static WebAddress address(String source) {
    WebAddress address = WebAddress.of(source);
    if (address == null) {
      throw new ConfigException(
          "%s is no address; give one as https://host/path or s3://bucket/prefix"
              .formatted(source));
    } else if (!address.user().isEmpty()) {
      throw new ConfigException(
          "%s carries a user name, which is not sent; give an address that needs none"
              .formatted(address));
    }
    return address;
  }

  private static String name(WebAddress address) {
    String last = address.path().substring(address.path().lastIndexOf('/') + 1);
    String plain =
        java.net.URLDecoder.decode(
            last.replace("+", "%2B"), java.nio.charset.StandardCharsets.UTF_8);
    String safe = plain.replaceAll("[\\p{Cntrl}/\\\\]", "_");
    return safe.isEmpty() || safe.startsWith(".") ? address.host() + safe : safe;
  }

  private S3Store s3() {
    return new S3Store(S3Settings.of(environment), clock, this::send);
  }

  /// Fetches a file, or what is missing of it. The file has its name once it is whole.
  ///
  /// @param file where to
  public void fetch(RemoteFile remote, Path file, LongConsumer progress)
      throws InterruptedException {
    try {
      Files.createDirectories(parent(file));
      String hash = Hashing.of(remote.tag() + remote.address());
      Path part = file.resolveSibling(file.getFileName() + "." + hash.substring(0, 12) + ".part");
      var encrypted = new AtomicBoolean();
      PartFile.receive(part, remote.bytes(), from -> piece(remote, from, encrypted), progress);
      if (!encrypted.get()) {
        check(remote, part);
      }
      AtomicFile.move(part, file);
    } catch (PartFile.BrokenOffException e) {
      throw new EnvironmentException(
          remote.bytes() < 0
              ? "%s breaks off at byte %,d, and says not how long it is; run it again, it begins anew"
                  .formatted(remote.address(), e.position())
              : "%s breaks off at byte %,d of %,d; run it again, it goes on from there"
                  .formatted(remote.address(), e.position(), remote.bytes()),
          e);
    } catch (IOException e) {
      throw unreachable(remote.address(), e);
    }
  }

  private static Path parent(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IOException(file + " is no file");
    }
    return parent;
  }

  /// @param encrypted is set where the object's tag is no hash of its content
  private PartFile.Piece piece(RemoteFile remote, long from, AtomicBoolean encrypted)
      throws IOException, InterruptedException {
    var headers = new LinkedHashMap<String, String>();
    if (from > 0) {
      headers.put("Range", "bytes=" + from + "-");
      // A weak tag does not tell whether bytes are the same: the server then sends all (RFC 9110).
      if (!remote.tag().isEmpty() && !remote.tag().startsWith("W/")) {
        headers.put("If-Range", remote.tag());
      }
    }
    WebAnswer answer =
        remote.address().toLowerCase(Locale.ROOT).startsWith("s3://")
            ? s3().open(remote, headers)
            : open(remote.at(), headers);
    if (answer.header("x-amz-server-side-encryption").startsWith("aws:")
        || !answer.header("x-amz-server-side-encryption-customer-algorithm").isEmpty()) {
      encrypted.set(true);
    }
    boolean partial =
        answer.status() == 206
            && answer.header("Content-Range").matches("bytes " + from + "-[0-9]+/.*");
    return new PartFile.Piece(answer.body(), !partial, () -> {});
  }

  /// S3's tag of an object that came in one piece, and that is not encrypted with a key, is its
  /// MD5.
  private static void check(RemoteFile remote, Path part) throws IOException {
    String tag = remote.tag().replace("\"", "");
    if (!remote.address().startsWith("s3://") || !tag.matches("[0-9a-f]{32}")) {
      return;
    }
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    try (InputStream in = Files.newInputStream(part)) {
      byte[] chunk = new byte[1 << 16];
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    }
    String found = Hashing.hex(digest);
    if (!found.equals(tag)) {
      Files.delete(part);
      throw new InputException(
          "%s did not come as it is there: its MD5 is %s, and the store says %s; it is removed, run it again"
              .formatted(remote.address(), found, tag));
    }
  }

  /// Asks, follows where the server sends on to, and asks again where it is busy.
  private WebAnswer open(WebAddress named, Map<String, String> headers)
      throws IOException, InterruptedException {
    var all = new LinkedHashMap<String, String>();
    all.put("User-Agent", agent);
    all.put("Accept", "*/*");
    all.put("Accept-Encoding", "identity");
    all.putAll(headers);
    WebClient client = WebClient.to(AddressRules.ANY);
    WebAddress at = named;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      WebAnswer answer = send(client, WebRequest.get(at, all));
      String location = answer.location();
      if (location.isEmpty()) {
        return accepted(named.toString(), answer);
      }
      answer.close();
      WebAddress next = WebAddress.of(location, at);
      if (next == null || at.scheme().equals("https") && next.scheme().equals("http")) {
        throw new EnvironmentException(
            "%s sends on to %s, which is not safe".formatted(named, location));
      }
      client = WebClient.to(AddressRules.allowing(List.of(named.host() + ":" + named.port())));
      at = next.anonymous();
    }
    throw new EnvironmentException(
        "%s sends on more than %d times".formatted(named, MOST_REDIRECTS));
  }

  static WebAnswer accepted(String named, WebAnswer answer) throws IOException {
    int status = answer.status();
    if (status == 200 || status == 206) {
      return answer;
    }
    answer.close();
    throw switch (status) {
      case 401, 403 ->
          new InputException(
              "%s is not open to you (%d); where it takes a key, is the right one given?"
                  .formatted(named, status));
      case 404, 410 -> new InputException("there is nothing at %s (%d)".formatted(named, status));
      default ->
          new EnvironmentException(
              "%s answers with %d: run it again later, what came is kept".formatted(named, status));
    };
  }

  private WebAnswer send(WebRequest request) throws IOException, InterruptedException {
    return send(WebClient.to(AddressRules.ANY), request);
  }

  private static WebAnswer send(WebClient client, WebRequest request)
      throws IOException, InterruptedException {
    for (int i = 1; ; i++) {
      WebAnswer answer = null;
      IOException failure = null;
      try {
        answer = client.send(request);
      } catch (AddressRefusedException | UnknownHostException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
      }
      boolean busy = answer != null && (answer.status() == 429 || answer.status() >= 500);
      if (answer != null && (!busy || i == MOST_TRIES)) {
        return answer;
      } else if (failure != null && i == MOST_TRIES) {
        throw failure;
      }
      pause(answer, i);
    }
  }

  private static void pause(@Nullable WebAnswer answer, int tries)
      throws IOException, InterruptedException {
    String after = answer == null ? "" : answer.header("Retry-After");
    if (answer != null) {
      answer.close();
    }
    long seconds = after.matches("[0-9]{1,9}") ? Long.parseLong(after) : (1L << tries) / 2;
    Thread.sleep(Duration.ofSeconds(Math.min(LONGEST_PAUSE_SECONDS, seconds)));
  }

  private static RuntimeException unreachable(String source, IOException e) {
    String reason =
        switch (e) {
          case UnknownHostException _ -> "its name is not known here; is this machine offline?";
          case ConnectException _ -> "it takes no connection";
          case SocketTimeoutException _ -> "it does not answer";
          default -> String.valueOf(e.getMessage());
        };
    return new EnvironmentException("cannot fetch %s: %s".formatted(source, reason), e);
  }
}
