package dev.imago.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.ReducedMotion;
import dev.imago.accounts.Accounts;
import dev.imago.accounts.ApiKeyStore;
import dev.imago.accounts.People;
import dev.imago.accounts.Role;
import dev.imago.state.StateAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The pages in the system's Chromium. With `IMAGO_SCREENSHOTS` naming a folder, pictures of them
/// are left there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleBrowserTest {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

  /// What axe says is wrong with a page, in a line each.
  private static final String AUDIT =
      """
      async (rules) => (await axe.run(document,
          {resultTypes: ['violations'], ...(rules.length ? {runOnly: rules} : {})})).violations
        .map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).slice(0, 3).join(' | '))
      """;

  /// What another language or scheme can break, where all else was looked at.
  private static final List<String> OF_LOOKS =
      List.of("color-contrast", "html-has-lang", "valid-lang", "link-name", "button-name", "label");

  private static final boolean ALL =
      System.getenv("IMAGO_CASES") != null || System.getenv("IMAGO_SCREENSHOTS") != null;

  @TempDir private Path office;
  private Playwright playwright;
  private Browser browser;
  private RunningConsole console;
  private WrittenWorkspace files;

  @BeforeAll
  void open(@TempDir Path root) {
    Assumptions.assumeTrue(
        Files.isExecutable(CHROMIUM), "skipped: there is no Chromium at " + CHROMIUM);
    PlaywrightAssertions.setDefaultAssertionTimeout(RunningConsole.PATIENCE_SECONDS * 1000);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(CHROMIUM)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync")));
    files = ShownWorkspace.in(root);
    console = new RunningConsole(root);
    console.measured = ShownWorkspace.measured();
    console.server.look();
  }

  @AfterAll
  void close() {
    if (console != null) {
      console.close();
    }
    if (playwright != null) {
      playwright.close();
    }
  }

  private static List<String> pages() {
    return List.of(
        "",
        "runs",
        "runs/20260102-030405-pretrain",
        "compare?run=20260102-030405-pretrain&run=20260102-040405-pretrain",
        "artifacts",
        "artifacts/weights/" + "2".repeat(64),
        "artifacts/corpus/" + "1".repeat(64) + "/documents?part=rejects",
        "models",
        "requests",
        "alerts",
        "profiles",
        "playground",
        "keys",
        "nothing");
  }

  /// The pages that axe looks at in every build, each of another make; with `IMAGO_CASES` or
  /// pictures wanted, all.
  private static List<String> looked() {
    return ALL ? pages() : List.of(pages().get(1), pages().get(2), pages().get(6));
  }

  private static String axe() throws IOException {
    try (InputStream in = ConsoleBrowserTest.class.getResourceAsStream("/axe.min.js")) {
      assertTrue(in != null, "axe.min.js is on no class path");
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private BrowserContext context(
      int width, int height, String locale, ColorScheme scheme, boolean scripts) {
    return browser.newContext(
        new Browser.NewContextOptions()
            .setViewportSize(width, height)
            .setLocale(locale)
            .setColorScheme(scheme)
            .setReducedMotion(ReducedMotion.REDUCE)
            .setJavaScriptEnabled(scripts));
  }

  private Page go(BrowserContext context, String path) {
    Page page = context.newPage();
    page.setDefaultTimeout(RunningConsole.PATIENCE_SECONDS * 1000);
    page.navigate(console.server.address().resolve("/" + path).toString());
    return page;
  }

  private static void picture(Page page, String name) {
    String folder = System.getenv("IMAGO_SCREENSHOTS");
    if (folder != null) {
      page.screenshot(
          new Page.ScreenshotOptions().setPath(Path.of(folder, name + ".png")).setFullPage(true));
    }
  }

  @Test
  void everyPageIsForEveryoneFitsAPhoneAndAsksNobodyElse() throws IOException {
    String axe = axe();
    var trouble = new ArrayList<String>();
    try (BrowserContext context = context(1280, 900, "en-GB", ColorScheme.LIGHT, true)) {
      for (String path : pages()) {
        Page page = context.newPage();
        listen(page, path, trouble);
        page.navigate(console.server.address().resolve("/" + path).toString());
        if (looked().contains(path)) {
          page.evaluate(axe);
          for (Object line : (List<?>) page.evaluate(AUDIT, List.of())) {
            trouble.add("/%s %s".formatted(path, line));
          }
        }
        picture(page, "en-light-" + path.replaceAll("\\W+", "-"));
        page.setViewportSize(320, 640);
        if (!page.evaluate("document.documentElement.scrollWidth").equals(320)) {
          trouble.add("/" + path + " is wider than 320 pixels");
        }
        picture(page, "en-phone-" + path.replaceAll("\\W+", "-"));
        page.close();
      }
    }
    assertEquals(List.of(), trouble);
  }

  /// Takes note of what the policy refuses, of errors, and of requests to anyone else.
  private void listen(Page page, String path, List<String> trouble) {
    page.onConsoleMessage(
        m -> {
          if (!m.text().contains("404")) {
            trouble.add("/%s says %s".formatted(path, m.text()));
          }
        });
    page.onPageError(e -> trouble.add("/%s fails: %s".formatted(path, e)));
    page.onRequest(
        r -> {
          if (!r.url().startsWith(console.server.address().toString())) {
            trouble.add("/%s asks %s".formatted(path, r.url()));
          }
        });
  }

  /// Of the other looks; in every build the darkest one of one page.
  @Test
  void theOtherLanguageAndTheDarkHaveContrastAndNames() throws IOException {
    String axe = axe();
    var trouble = new ArrayList<String>();
    looks(axe, "zh-CN", ColorScheme.DARK, ALL ? pages() : looked().subList(0, 1), trouble);
    if (ALL) {
      looks(axe, "zh-CN", ColorScheme.LIGHT, pages(), trouble);
      looks(axe, "en-GB", ColorScheme.DARK, pages(), trouble);
    }
    assertEquals(List.of(), trouble);
  }

  private void looks(
      String axe, String locale, ColorScheme scheme, List<String> paths, List<String> trouble) {
    try (BrowserContext context = context(1280, 900, locale, scheme, true)) {
      for (String path : paths) {
        Page page = go(context, path);
        page.evaluate(axe);
        for (Object line : (List<?>) page.evaluate(AUDIT, ALL ? List.of() : OF_LOOKS)) {
          trouble.add("%s %s /%s %s".formatted(locale, scheme, path, line));
        }
        String name = "%s-%s-%%s%s".formatted(locale, scheme, path.replaceAll("\\W+", "-"));
        picture(page, name.formatted(""));
        if (ALL) {
          page.setViewportSize(390, 844);
          picture(page, name.formatted("phone-"));
        }
        page.close();
      }
    }
  }

  /// What people see who sign in: of all that have forms of their own; in every build the fullest.
  @Test
  void pagesOfPeopleAreForEveryoneAndFitAPhone() throws IOException {
    String axe = axe();
    var trouble = new ArrayList<String>();
    try (Accounts accounts = Accounts.open(StateAddress.in(office), office.resolve("state"));
        var signedIn = new RunningConsole(office, accounts, Optional.empty())) {
      People people = accounts.people();
      Duration day = Duration.ofDays(1);
      var anna = new People.Invited("acme", "anna", Role.OWNER);
      people.joinFrom(people.invite("root", anna, day), "https://id.example anna");
      String link = people.invite("anna", new People.Invited("acme", "李雷", Role.MEMBER), day);
      accounts
          .keys()
          .create(
              "anna",
              new ApiKeyStore.Wanted(
                  "ci",
                  "acme",
                  "",
                  "anna",
                  Role.VIEWER,
                  List.of("/runs*", "/artifacts*"),
                  List.of("*"),
                  day));
      String session = people.signInFrom("https://id.example anna").orElseThrow();
      for (String locale : ALL ? List.of("en-GB", "zh-CN") : List.of("en-GB")) {
        for (ColorScheme scheme :
            ALL ? List.of(ColorScheme.LIGHT, ColorScheme.DARK) : List.of(ColorScheme.LIGHT)) {
          try (BrowserContext context = context(1280, 900, locale, scheme, true)) {
            for (String path :
                ALL
                    ? List.of("sign-in", "invitation/" + link, "people", "account", "usage")
                    : List.of("people")) {
              boolean own = List.of("people", "account", "usage").contains(path);
              context.clearCookies();
              if (own) {
                context.addCookies(
                    List.of(
                        new Cookie("imago-session", session)
                            .setUrl(signedIn.server.address().toString())));
              }
              String name = path.split("/")[0];
              Page page = context.newPage();
              page.navigate(signedIn.server.address().resolve("/" + path).toString());
              assertThat(page.locator("main form").first()).isVisible();
              page.evaluate(axe);
              for (Object line : (List<?>) page.evaluate(AUDIT, List.of())) {
                trouble.add("%s %s /%s %s".formatted(locale, scheme, name, line));
              }
              picture(page, "%s-%s-%s".formatted(locale, scheme, name));
              page.setViewportSize(320, 640);
              if (!page.evaluate("document.documentElement.scrollWidth").equals(320)) {
                trouble.add("/" + name + " is wider than 320 pixels");
              }
              picture(page, "%s-%s-phone-%s".formatted(locale, scheme, name));
              page.close();
            }
          }
        }
      }
    }
    assertEquals(List.of(), trouble);
  }

  @Test
  void listsAndFormsWorkWithoutScripts() {
    try (BrowserContext context = context(1280, 900, "en-GB", ColorScheme.LIGHT, false)) {
      Page page = go(context, "runs");
      page.fill("#q", "depth=8");
      page.click("#filter button[type=submit]");
      assertThat(page.locator("table.runs tbody tr")).hasCount(1);
      page.click("table.runs tbody a");
      assertThat(page.locator("svg.curve").first()).isVisible();
      page.fill("textarea[name=note]", "of no use");
      page.click(".marks button");
      assertThat(page.locator("textarea[name=note]")).hasValue("of no use");
    }
  }

  @Test
  void listsFollowTheFilesAndKeepFocusAndChoice() {
    try (BrowserContext context = context(1280, 900, "en-GB", ColorScheme.LIGHT, true)) {
      Page page = go(context, "runs");
      page.waitForResponse(r -> r.url().contains("/pulse"), () -> {});
      page.locator("#choose-20260102-030405-pretrain").check();
      page.locator("#run-20260102-040405-pretrain").focus();
      files.record("20260103-000000-tune", Map.of("step", "tune"));
      assertThat(page.locator("#run-20260103-000000-tune")).isVisible();
      assertThat(page.locator("#run-20260102-040405-pretrain")).isFocused();
      assertThat(page.locator("#choose-20260102-030405-pretrain")).isChecked();
    }
  }

  @Test
  void keysLeadEverywhereAndTheListIsFilteredWhileTyping() {
    try (BrowserContext context = context(1280, 900, "en-GB", ColorScheme.LIGHT, true)) {
      Page page = go(context, "");
      page.keyboard().press("?");
      assertThat(page.locator("#keys")).isVisible();
      page.keyboard().press("Escape");
      page.keyboard().press("g");
      page.keyboard().press("r");
      assertThat(page.locator("#q")).isVisible();
      page.keyboard().press("/");
      assertThat(page.locator("#q")).isFocused();
      page.keyboard().type("depth=8");
      assertThat(page.locator("table.runs tbody tr")).hasCount(1);
      assertTrue(page.url().contains("depth"), page.url());
      assertThat(page.locator("#q")).isFocused();
      page.keyboard().press("Escape");
      page.keyboard().press("j");
      assertThat(page.locator("table.runs tbody tr a").first()).isFocused();
      page.keyboard().press("Enter");
      assertThat(page.locator(".uplot").first()).isVisible();
    }
  }
}
