package dev.imago.labelling;

import dev.imago.http.RequestListener;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The page of annotators, served. Each has a link with a key of his own, the same after a restart.
public final class LabelServer implements AutoCloseable {
  private static final int MOST_BODY_BYTES = 32 << 20;
  private static final int KEY_CHARS = 32;

  private final WebListener web;
  private final Map<String, String> keys;

  private LabelServer(WebListener web, Map<String, String> keys) {
    this.web = web;
    this.keys = keys;
  }

  /// @param people who may label; each is made an annotator of the project
  /// @param port 0 for any free one
  public static LabelServer start(
      LabelProject project,
      List<String> people,
      String host,
      int port,
      List<RequestListener> listeners) {
    people.forEach(project::person);
    Map<String, String> keys = new LinkedHashMap<>();
    people.forEach(person -> keys.put(person, key(project, person)));
    var router =
        new Router(
            host, List.copyOf(keys.values()), MOST_BODY_BYTES, "its page is at /", listeners);
    WebListener web =
        WebListener.start(
            host,
            port,
            Optional.empty(),
            Duration.ofSeconds(5),
            router,
            List.of(new LabelPages(project, List.copyOf(keys.keySet()))));
    return new LabelServer(web, keys);
  }

  static String key(LabelProject project, String person) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(project.secret().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] made = mac.doFinal(person.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(made).substring(0, KEY_CHARS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /// The link of each annotator; the key stands behind `#`, which browsers do not send.
  public Map<String, URI> links() {
    Map<String, URI> links = new LinkedHashMap<>();
    keys.forEach((person, key) -> links.put(person, URI.create(web.address() + "#" + key)));
    return links;
  }

  public int port() {
    return web.port();
  }

  @Override
  public void close() {
    web.close();
  }
}
