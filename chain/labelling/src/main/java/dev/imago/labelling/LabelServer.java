package dev.imago.labelling;

import dev.imago.accounts.Accounts;
import dev.imago.accounts.Role;
import dev.imago.http.ErrorForm;
import dev.imago.http.RequestListener;
import dev.imago.http.Router;
import dev.imago.http.WebListener;
import dev.imago.labelling.LabelProject.Member;
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
import javax.net.ssl.SSLContext;

/// The pages of annotators and reviewers, served. Each person has a link with a key of his own, the
/// same after a restart, or signs in.
public final class LabelServer implements AutoCloseable {
  private static final int MOST_BODY_BYTES = 32 << 20;
  private static final int KEY_CHARS = 32;

  private final WebListener web;
  private final Map<String, Member> keys;

  private LabelServer(WebListener web, Map<String, Member> keys) {
    this.web = web;
    this.keys = keys;
  }

  /// Where it listens.
  ///
  /// @param port 0 for any free one
  /// @param tls to speak HTTPS; empty for HTTP
  public record Listening(String host, int port, Optional<SSLContext> tls) {}

  /// Serves the people that the project has now.
  ///
  /// @param accounts whose annotators, reviewers and owners may come in, too; to be closed after
  ///   this
  public static LabelServer start(
      LabelProject project,
      Optional<Accounts> accounts,
      Listening at,
      List<RequestListener> listeners) {
    Map<String, Member> keys = new LinkedHashMap<>();
    project.members().forEach(member -> keys.put(key(project, member.name()), member));
    var doors = new Doorkeeper(project, keys, accounts);
    var router =
        new Router(
            at.host, doors, MOST_BODY_BYTES, "its page is at /", _ -> ErrorForm.OPENAI, listeners);
    WebListener web =
        WebListener.start(
            at.host,
            at.port,
            at.tls,
            Duration.ofSeconds(5),
            router,
            List.of(new LabelPages(project, doors), new ReviewPages(project, doors)));
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

  /// The link of each person: a reviewer's leads to the page of reviewers, which leads to the
  /// other. The key stands behind `#`, which browsers do not send.
  public Map<String, URI> links() {
    Map<String, URI> links = new LinkedHashMap<>();
    keys.forEach(
        (key, member) ->
            links.put(
                member.name(),
                URI.create(
                    web.address()
                        + (member.role().covers(Role.REVIEWER) ? "review" : "")
                        + "#"
                        + key)));
    return links;
  }

  /// Where it is reached.
  public URI address() {
    return web.address();
  }

  public int port() {
    return web.port();
  }

  @Override
  public void close() {
    web.close();
  }
}
