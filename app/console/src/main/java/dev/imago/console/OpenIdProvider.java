package dev.imago.console;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.imago.console.runs.Asked;
import dev.imago.http.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Signing in by a provider of OpenID Connect: the authorization code flow with PKCE (OpenID
/// Connect Core 1.0, section 3.1; RFC 7636; RFC 9700 on what an attacker tries). Nothing is asked
/// of a user but who they are, and nothing of the provider's is kept.
final class OpenIdProvider {
  static final String COOKIE = "imago-oidc";

  /// How long somebody may take at the provider's.
  private static final int MOST_SECONDS = 600;

  private static final int MOST_STARTED = 1_000;
  private static final int MOST_BYTES = 1 << 20;
  private static final int SKEW_SECONDS = 60;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration KEPT = Duration.ofMinutes(10);

  /// Public keys only: with a MAC the provider's token could be made by whoever knows our secret.
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private static final JsonMapper JSON = JsonMapper.shared();

  private final OpenIdConfig config;
  private final Clock clock;
  private final RandomGenerator random;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();
  private @Nullable Keys keys;
  private @Nullable Said said;

  OpenIdProvider(OpenIdConfig config, Clock clock, RandomGenerator random) {
    this.config = config;
    this.clock = clock;
    this.random = random;
  }

  /// Somebody who has gone to the provider.
  private record Waiting(
      String nonce, String verifier, String back, String invitation, long until) {}

  private record Keys(JWKSet set, long until) {}

  private record Said(JsonNode configuration, long until) {}

  /// Where a browser is to go, and what it is to bring back.
  record Started(URI address, String state) {}

  /// Who came back.
  ///
  /// @param outside issuer and subject, which are nobody else's
  /// @param invitation with which they went; empty for none
  record Known(String outside, String invitation) {}

  private String secret() {
    byte[] bits = new byte[32];
    random.nextBytes(bits);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
  }

  /// Begins a sign-in.
  ///
  /// @param back the address to which the provider sends the browser
  /// @param invitation that is taken up; empty for none
  Started start(String back, String invitation) throws InterruptedException {
    JsonNode provider = configuration();
    String state = secret();
    String verifier = secret();
    String nonce = secret();
    long now = clock.millis();
    synchronized (waiting) {
      waiting.values().removeIf(each -> each.until <= now);
      if (waiting.size() >= MOST_STARTED) {
        waiting.remove(waiting.keySet().iterator().next());
      }
      waiting.put(
          state, new Waiting(nonce, verifier, back, invitation, now + 1000L * MOST_SECONDS));
    }
    URI address = address(provider, "authorization_endpoint");
    String query =
        form(
            Map.of(
                "response_type",
                "code",
                "client_id",
                config.clientId(),
                "redirect_uri",
                back,
                "scope",
                "openid",
                "state",
                state,
                "nonce",
                nonce,
                "code_challenge",
                challenge(verifier),
                "code_challenge_method",
                "S256"));
    return new Started(
        URI.create(address + (address.getQuery() == null ? "?" : "&") + query), state);
  }

  private static String challenge(String verifier) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Ends a sign-in.
  ///
  /// @param asked what the browser brings from the provider
  /// @param cookie the state that this browser went with
  /// @throws ApiException for what is no end of a sign-in of this browser
  Known finish(Asked asked, String cookie) throws InterruptedException {
    String state = asked.first("state");
    Waiting went;
    synchronized (waiting) {
      went = waiting.remove(state);
    }
    if (went == null || !state.equals(cookie) || went.until <= clock.millis()) {
      throw refused("this sign-in was not begun by this browser, or too long ago: begin again");
    }
    if (asked.has("error")) {
      throw refused("the provider says «%s»".formatted(asked.first("error")));
    }
    if (asked.has("iss") && !asked.first("iss").equals(config.issuer().toString())) {
      throw refused("the answer comes from another provider"); // RFC 9207
    }
    JsonNode provider = configuration();
    String idToken = idToken(provider, asked.first("code"), went);
    JWTClaimsSet claims = verified(provider, idToken);
    if (!went.nonce.equals(claims.getClaim("nonce"))) {
      throw refused("the provider's token is of another sign-in");
    }
    Object party = claims.getClaim("azp");
    if (party == null ? claims.getAudience().size() > 1 : !config.clientId().equals(party)) {
      throw refused("the provider's token is another application's");
    }
    return new Known(config.issuer() + " " + claims.getSubject(), went.invitation);
  }

  private String idToken(JsonNode provider, String code, Waiting went) throws InterruptedException {
    var fields = new LinkedHashMap<String, String>();
    fields.put("grant_type", "authorization_code");
    fields.put("code", code);
    fields.put("redirect_uri", went.back);
    fields.put("client_id", config.clientId());
    fields.put("code_verifier", went.verifier);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(provider, "token_endpoint"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(form(fields)));
    if (!config.secret().isEmpty()) {
      // RFC 6749, section 2.3.1: both are form-encoded first.
      String both = encoded(config.clientId()) + ":" + encoded(config.secret());
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8)));
    }
    JsonNode answer = json(request.build());
    String token = answer.path("id_token").asString("");
    if (token.isEmpty()) {
      throw refused(
          "the provider gave no ID token (%s)"
              .formatted(answer.path("error").asString("it says nothing more")));
    }
    return token;
  }

  /// The claims of a token that the provider has signed for this console, now.
  private JWTClaimsSet verified(JsonNode provider, String token) throws InterruptedException {
    try {
      return verified(keys(provider, false), token);
    } catch (BadJOSEException _) {
      // The provider may have changed its keys since.
    } catch (ParseException | JOSEException e) {
      throw refused("the provider's token cannot be read: " + e.getMessage());
    }
    try {
      return verified(keys(provider, true), token);
    } catch (BadJOSEException | ParseException | JOSEException e) {
      throw refused("the provider's token does not hold: " + e.getMessage());
    }
  }

  private JWTClaimsSet verified(JWKSet set, String token)
      throws BadJOSEException, ParseException, JOSEException {
    var processor = new DefaultJWTProcessor<SecurityContext>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(ALGORITHMS, new ImmutableJWKSet<>(set)));
    var expected =
        new DefaultJWTClaimsVerifier<SecurityContext>(
            config.clientId(),
            new JWTClaimsSet.Builder().issuer(config.issuer().toString()).build(),
            Set.of("sub", "exp", "iat", "nonce")) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        };
    expected.setMaxClockSkew(SKEW_SECONDS);
    processor.setJWTClaimsSetVerifier(expected);
    return processor.process(token, null);
  }

  private synchronized JWKSet keys(JsonNode provider, boolean anew) throws InterruptedException {
    long now = clock.millis();
    Keys known = keys;
    if (known == null || anew || known.until <= now) {
      try {
        JsonNode answer =
            json(
                HttpRequest.newBuilder(address(provider, "jwks_uri"))
                    .timeout(PATIENCE)
                    .GET()
                    .build());
        known = new Keys(JWKSet.parse(answer.toString()), now + KEPT.toMillis());
        keys = known;
      } catch (ParseException e) {
        throw refused("the provider's keys cannot be read: " + e.getMessage());
      }
    }
    return known.set;
  }

  /// What the provider says of itself (OpenID Connect Discovery 1.0). It is kept: anybody may begin
  /// a sign-in, and each would have us ask.
  private synchronized JsonNode configuration() throws InterruptedException {
    long now = clock.millis();
    Said known = said;
    if (known == null || known.until <= now) {
      known = new Said(askedConfiguration(), now + KEPT.toMillis());
      said = known;
    }
    return known.configuration;
  }

  private JsonNode askedConfiguration() throws InterruptedException {
    String issuer = config.issuer().toString();
    URI at = URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration");
    JsonNode answer = json(HttpRequest.newBuilder(at).timeout(PATIENCE).GET().build());
    if (!answer.path("issuer").asString("").equals(issuer)) {
      throw refused(
          "%s calls itself «%s»: name that as --oidc, letter by letter"
              .formatted(at, answer.path("issuer").asString("")));
    }
    return answer;
  }

  /// An address of the provider's: by TLS, or on this machine where its issuer is.
  private URI address(JsonNode provider, String name) {
    try {
      URI address = URI.create(provider.path(name).asString(""));
      if (address.getHost() != null
          && ("https".equals(address.getScheme())
              || address.getScheme().equals(config.issuer().getScheme()))) {
        return address;
      }
    } catch (IllegalArgumentException _) {
      // Told below.
    }
    throw refused("the provider tells no %s".formatted(name));
  }

  private JsonNode json(HttpRequest request) throws InterruptedException {
    try {
      HttpResponse<InputStream> answer =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = answer.body()) {
        return JSON.readTree(in.readNBytes(MOST_BYTES));
      }
    } catch (IOException | JacksonException e) {
      throw ApiException.of(
          502,
          "provider_failed",
          "the provider does not answer at %s: %s"
              .formatted(
                  request.uri().getHost(),
                  e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }
  }

  private static ApiException refused(String why) {
    return ApiException.of(400, "sign_in_failed", why);
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
