package dev.imago.cli;

import dev.imago.core.ConfigException;
import dev.imago.core.EnvironmentException;
import dev.imago.core.ImagoException;
import dev.imago.core.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A hub of models and data sets that keeps to Hugging Face's conventions: which files a revision
/// has, how large they are, and their bytes. The token goes to the hub alone, never to where it
/// sends on.
///
/// @param endpoint without a path
/// @param token empty for none
record Hub(URI endpoint, String token) {
  /// Where transformers gets its models, too.
  static final String USUAL = "https://huggingface.co";

  private static final int CONNECT_MILLIS = 20_000;
  private static final int READ_MILLIS = 60_000;
  private static final int MOST_REDIRECTS = 5;
  private static final int LONGEST_ANSWER = 64 << 20;
  private static final String LINKED_TAG = "X-Linked-Etag";

  /// A revision, resolved.
  ///
  /// @param commit which never changes
  /// @param files their paths in the repository
  record Snapshot(String commit, TreeSet<String> files) {}

  /// A file of a commit.
  ///
  /// @param bytes −1 where the hub does not say
  /// @param tag SHA-256 of a large file, Git's SHA-1 of a small one, or something else that changes
  ///   with it
  record Entry(String name, long bytes, String tag) {
    /// Its name without the folders of the repository.
    String fileName() {
      return name.substring(name.lastIndexOf('/') + 1);
    }
  }

  /// The hub at an address.
  ///
  /// @throws ConfigException for an address that is none, or one that would show the token to all
  static Hub at(String endpoint, String token) {
    URI uri;
    try {
      uri = URI.create(endpoint.replaceFirst("/+$", ""));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(endpoint + " is no address of a hub; give one as " + USUAL, e);
    }
    String scheme = String.valueOf(uri.getScheme());
    if (!scheme.matches("https?") || uri.getHost() == null) {
      throw new ConfigException(endpoint + " is no address of a hub; give one as " + USUAL);
    }
    boolean here = uri.getHost().matches("localhost|127\\..*|\\[::1]");
    if (!token.isEmpty() && scheme.equals("http") && !here) {
      throw new ConfigException(
          "%s would carry the token in clear; use https, or no token".formatted(endpoint));
    }
    return new Hub(uri, token);
  }

  /// Which commit a revision is, and its files.
  Snapshot snapshot(HubAddress address) {
    JsonNode answer = information(address);
    String commit = answer.path("sha").asString("");
    if (!commit.matches("[0-9A-Za-z]{4,64}")) {
      throw new EnvironmentException(
          "%s does not say which commit %s is; is it a hub?".formatted(endpoint, address));
    }
    var files = new TreeSet<String>();
    answer.path("siblings").forEach(s -> files.add(s.path("rfilename").asString("")));
    files.remove("");
    return new Snapshot(commit, files);
  }

  private JsonNode information(HubAddress address) {
    HttpURLConnection answer = get(address.information(), address, "", 0);
    try (InputStream body = answer.getInputStream()) {
      byte[] bytes = body.readNBytes(LONGEST_ANSWER);
      return JsonMapper.shared().readTree(new String(bytes, StandardCharsets.UTF_8));
    } catch (JacksonException e) {
      throw new EnvironmentException(
          "%s answers with something that is no JSON; is it a hub?".formatted(endpoint), e);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /// What the hub says of a file without sending it.
  Entry entry(HubAddress address, String commit, String file) {
    HttpURLConnection head = send("HEAD", address.file(commit, file), address, file, 0);
    String linked = header(head, LINKED_TAG);
    String tag = linked.isEmpty() ? header(head, "ETag") : linked;
    String size = header(head, linked.isEmpty() ? "Content-Length" : "X-Linked-Size");
    return new Entry(
        file,
        size.matches("\\d{1,18}") ? Long.parseLong(size) : -1,
        tag.replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT));
  }

  /// A file's bytes.
  ///
  /// @param from the first that is asked for; with a status of 200 the hub sends all nevertheless
  HttpURLConnection get(HubAddress address, String commit, String file, long from) {
    return get(address.file(commit, file), address, file, from);
  }

  private HttpURLConnection get(String path, HubAddress address, String file, long from) {
    return send("GET", path, address, file, from);
  }

  private HttpURLConnection send(
      String method, String path, HubAddress address, String file, long from) {
    URI at = URI.create(endpoint + path);
    try {
      for (int i = 0; i <= MOST_REDIRECTS; i++) {
        HttpURLConnection answer = ask(method, at, from);
        int status = answer.getResponseCode();
        boolean sentOn = status >= 301 && status <= 308 && status != 304;
        // A large file lies elsewhere: what it is, this answer says.
        if (!sentOn || method.equals("HEAD") && !header(answer, LINKED_TAG).isEmpty()) {
          if (status < 400) {
            return answer;
          }
          throw refused(status, header(answer, "X-Error-Code"), address, file);
        }
        URI next = at.resolve(header(answer, "Location"));
        if (!String.valueOf(next.getScheme()).equals(at.getScheme())
            && !"https".equals(next.getScheme())) {
          throw new EnvironmentException(
              "%s sends on to %s, which is not safe".formatted(endpoint, next));
        }
        at = next;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(e);
    }
    throw new EnvironmentException(
        "%s sends on more than %d times for %s".formatted(endpoint, MOST_REDIRECTS, address));
  }

  private HttpURLConnection ask(String method, URI at, long from) throws IOException {
    if (!(at.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException(at + " is no address of the web");
    }
    connection.setRequestMethod(method);
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setReadTimeout(READ_MILLIS);
    connection.setRequestProperty("Accept-Encoding", "identity");
    connection.setRequestProperty("User-Agent", "imago/" + Imago.version());
    if (from > 0) {
      connection.setRequestProperty("Range", "bytes=" + from + "-");
    }
    boolean own =
        String.valueOf(at.getAuthority()).equals(endpoint.getAuthority())
            && String.valueOf(at.getScheme()).equals(endpoint.getScheme());
    if (!token.isEmpty() && own) {
      connection.setRequestProperty("Authorization", "Bearer " + token);
    }
    return connection;
  }

  private static String header(HttpURLConnection answer, String name) {
    return Optional.ofNullable(answer.getHeaderField(name)).orElse("");
  }

  private ImagoException refused(int status, String code, HubAddress address, String file) {
    if (status == 401 || status == 403) {
      if (code.equals("GatedRepo")) {
        return new InputException(
            "%s is gated: ask for access on its page, then give a token of that account by HF_TOKEN or --token (%d)"
                .formatted(address, status));
      }
      return new InputException(
          token.isEmpty()
              ? "%s is private or gated, or there is none of that name; a token by HF_TOKEN or --token lets you in, if you may (%d)"
                  .formatted(address, status)
              : "the hub does not take the token for %s: is it right, and may its account read there? (%d)"
                  .formatted(address, status));
    }
    if (status == 404) {
      return new InputException(
          switch (code) {
            case "RevisionNotFound" ->
                "%s: there is no revision «%s»".formatted(address, address.revision());
            case "EntryNotFound" -> "%s has no file «%s»".formatted(address, file);
            default ->
                "there is no %s%s at %s"
                    .formatted(address, file.isEmpty() ? "" : " with " + file, endpoint);
          });
    }
    return new EnvironmentException(
        status == 429
            ? "%s asks to wait (429): run it again later, what came is kept".formatted(endpoint)
            : "%s answers with %d for %s: run it again later, what came is kept"
                .formatted(endpoint, status, address));
  }

  EnvironmentException unreachable(Exception e) {
    String reason =
        switch (e) {
          case UnknownHostException _ -> "its name is not known here";
          case ConnectException _ -> "it takes no connection";
          case SocketTimeoutException _ -> "it does not answer";
          default -> String.valueOf(e.getMessage());
        };
    return new EnvironmentException(
        "cannot reach %s: %s; is this machine offline? HF_ENDPOINT or --endpoint names another hub, and a folder that was fetched elsewhere is imported by its path"
            .formatted(endpoint, reason),
        e);
  }

  /// What the environment says, by the names that huggingface_hub uses.
  static Hub usual(Optional<String> endpoint, Optional<String> token, Map<String, String> env) {
    if (env.getOrDefault("HF_HUB_OFFLINE", "").matches("(?i)1|on|yes|true")) {
      throw new EnvironmentException(
          "HF_HUB_OFFLINE is set, and a hub is asked for: unset it, or import a folder");
    }
    return at(
        endpoint.or(() -> Optional.ofNullable(env.get("HF_ENDPOINT"))).orElse(USUAL),
        token.or(() -> Optional.ofNullable(env.get("HF_TOKEN"))).orElse("").strip());
  }
}
