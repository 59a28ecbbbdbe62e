package dev.imago.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.imago.accounts.Accounts;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.console.runs.Asked;
import dev.imago.core.ConfigException;
import dev.imago.http.ApiException;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Signing in by a provider on loopback, which looks at what it is sent as providers do.
class OpenIdProviderTest {
  private HttpServer server;
  private String issuer;
  private ECKey key;
  private Map<String, String> tokenRequest = Map.of();
  private Map<String, String> authorization = Map.of();
  private Map<String, Object> changed = Map.of();
  private ECKey signing;
  private final AtomicInteger asked = new AtomicInteger();

  @BeforeEach
  void open() throws Exception {
    key = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    signing = key;
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    issuer = "http://127.0.0.1:" + server.getAddress().getPort();
    server.createContext(
        "/.well-known/openid-configuration",
        exchange -> {
          asked.incrementAndGet();
          json(
              exchange,
              Map.of(
                  "issuer",
                  issuer,
                  "authorization_endpoint",
                  issuer + "/authorize",
                  "token_endpoint",
                  issuer + "/token",
                  "jwks_uri",
                  issuer + "/keys"));
        });
    server.createContext(
        "/keys", exchange -> json(exchange, new JWKSet(key.toPublicJWK()).toJSONObject()));
    server.createContext("/token", this::token);
    server.start();
  }

  @AfterEach
  void close() {
    server.stop(0);
  }

  private static void json(HttpExchange exchange, Map<String, ?> body) throws IOException {
    byte[] bytes = JsonMapper.shared().writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Map<String, String> parsed(String form) {
    return Arrays.stream(form.split("&"))
        .map(each -> each.split("=", 2))
        .collect(
            Collectors.toMap(
                each -> each[0], each -> URLDecoder.decode(each[1], StandardCharsets.UTF_8)));
  }

  private void token(HttpExchange exchange) throws IOException {
    tokenRequest =
        parsed(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(tokenRequest.get("code_verifier").getBytes(StandardCharsets.US_ASCII));
      String challenge = Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
      if (!challenge.equals(authorization.get("code_challenge"))
          || !tokenRequest.get("redirect_uri").equals(authorization.get("redirect_uri"))
          || !tokenRequest.get("code").equals("the-code")) {
        json(exchange, Map.of("error", "invalid_grant"));
        return;
      }
      var claims =
          new JWTClaimsSet.Builder()
              .issuer(issuer)
              .subject("subject-1")
              .audience("console")
              .claim("nonce", authorization.get("nonce"))
              .issueTime(new Date())
              .expirationTime(Date.from(Instant.now().plusSeconds(300)));
      changed.forEach(claims::claim);
      var jwt =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("1").build(), claims.build());
      jwt.sign(new ECDSASigner(signing));
      json(exchange, Map.of("id_token", jwt.serialize(), "access_token", "x"));
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private OpenIdProvider provider() {
    return new OpenIdProvider(
        new OpenIdConfig(URI.create(issuer), "console", "s e"), Clock.systemUTC(), new Random(3));
  }

  private OpenIdProvider.Started started(OpenIdProvider provider) throws InterruptedException {
    OpenIdProvider.Started started = provider.start("http://127.0.0.1:1/oidc/back", "");
    authorization = parsed(started.address().getRawQuery());
    return started;
  }

  private static Asked answer(String state) {
    return new Asked(Map.of("state", List.of(state), "code", List.of("the-code")));
  }

  private String refused(Map<String, Object> claims) throws InterruptedException {
    OpenIdProvider provider = provider();
    OpenIdProvider.Started started = started(provider);
    changed = claims;
    return String.valueOf(
        assertThrows(
                ApiException.class, () -> provider.finish(answer(started.state()), started.state()))
            .getMessage());
  }

  @Test
  void takesTheSubjectOfATokenThatIsSignedForThisSignInAlone() throws Exception {
    OpenIdProvider provider = provider();
    OpenIdProvider.Started started = started(provider);
    assertEquals("S256", authorization.get("code_challenge_method"));
    assertEquals(
        issuer + " subject-1", provider.finish(answer(started.state()), started.state()).outside());
    assertThrows(
        ApiException.class,
        () -> provider.finish(answer(started.state()), started.state()),
        "once");
    OpenIdProvider.Started other = started(provider);
    assertEquals(1, asked.get(), "what the provider says of itself is kept");
    assertThrows(
        ApiException.class, () -> provider.finish(answer(other.state()), "another browser's"));
    assertTrue(refused(Map.of("nonce", "another")).contains("another sign-in"));
    assertTrue(refused(Map.of("aud", "other")).contains("does not hold"));
    assertTrue(refused(Map.of("iss", "http://evil.example")).contains("does not hold"));
    assertTrue(refused(Map.of("azp", "other")).contains("another application"));
    assertTrue(
        refused(Map.of("aud", List.of("console", "other"))).contains("another application"),
        "for two, and it is not said for whom");
    assertTrue(
        refused(Map.of("exp", Instant.now().getEpochSecond() - 3600)).contains("does not hold"));
    signing = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    assertTrue(refused(Map.of()).contains("does not hold"), "another key");
    assertThrows(
        ConfigException.class,
        () -> new OpenIdConfig(URI.create("http://id.example"), "console", ""));
  }

  @Test
  void somebodyWhoWasInvitedComesInByTheProvider(@TempDir Path root) {
    var config = new OpenIdConfig(URI.create(issuer), "console", "");
    try (Accounts accounts = Accounts.open(StateAddress.in(root), root.resolve("state"));
        var console = new RunningConsole(root, accounts, Optional.of(config))) {
      HttpResponse<String> nobody = back(console, "");
      assertEquals(403, nobody.statusCode(), nobody.body());
      String secret =
          accounts
              .people()
              .invite("root", new People.Invited("acme", "anna", Role.OWNER), Duration.ofDays(1));
      assertTrue(console.get("/invitation/" + secret).body().contains("/oidc/start?invitation="));
      HttpResponse<String> in = back(console, secret);
      assertEquals(200, in.statusCode(), in.body());
      assertTrue(in.body().contains("0;url=/"));
      assertTrue(console.get("/account").body().contains("<h1>anna</h1>"));
      assertEquals(200, back(console, "").statusCode(), "without an invitation, from now on");
      String second =
          accounts
              .people()
              .invite("root", new People.Invited("acme", "bela", Role.OWNER), Duration.ofDays(1));
      assertEquals(409, back(console, second).statusCode(), "one person, two names");
    }
  }

  private HttpResponse<String> back(RunningConsole console, String invitation) {
    HttpResponse<String> start =
        console.get("/oidc/start" + (invitation.isEmpty() ? "" : "?invitation=" + invitation));
    assertEquals(303, start.statusCode(), start.body());
    authorization =
        parsed(URI.create(start.headers().firstValue("Location").orElse("")).getRawQuery());
    return console.get("/oidc/back?code=the-code&state=" + authorization.get("state"));
  }
}
