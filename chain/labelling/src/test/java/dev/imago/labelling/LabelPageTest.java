package dev.imago.labelling;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import dev.imago.accounts.Role;
import dev.imago.annotation.LabelAnswer;
import dev.imago.annotation.MarkedSpan;
import dev.imago.labelling.LabelProject.Settings;
import dev.imago.state.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// The page of annotators in the system's Chromium, by keys alone.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabelPageTest {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final Settings PLAIN = new Settings(Duration.ofMinutes(30), 0, 0, 0);
  private static final int PATIENCE_MS = 30_000;

  @TempDir static Path folder;
  private State state;
  private Playwright playwright;
  private Browser browser;

  @BeforeAll
  void open() {
    Assumptions.assumeTrue(
        Files.isExecutable(CHROMIUM), "skipped: there is no Chromium at " + CHROMIUM);
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    state = ScriptedProject.open(folder.resolve("state"));
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
                            "--no-sandbox", "--disable-gpu", "--disable-background-networking")));
  }

  @AfterAll
  void close() {
    if (playwright != null) {
      playwright.close();
      state.close();
    }
  }

  private Page page(LabelServer server, String person) {
    Page page = browser.newPage(new Browser.NewPageOptions().setLocale("en-GB"));
    page.setDefaultTimeout(PATIENCE_MS);
    page.navigate(server.links().get(person).toString());
    return page;
  }

  private static void press(Page page, String... keys) {
    for (String key : keys) {
      page.keyboard().press(key);
    }
  }

  private static LabelAnswer answer(ScriptedProject p, long item) {
    LabelAnswer own = p.queue.own("ann", item).orElseThrow().own();
    return own == null ? LabelAnswer.NONE : own;
  }

  private static LabelServer serve(ScriptedProject p) {
    p.people("ann");
    return LabelServer.start(
        p.project,
        Optional.empty(),
        new LabelServer.Listening("127.0.0.1", 0, Optional.empty()),
        List.of());
  }

  private ScriptedProject goodOrBad(int items) {
    return new ScriptedProject(
            state,
            folder,
            "task: choice\nlabels: [{name: good, key: g}, {name: bad, key: b}]\n",
            PLAIN)
        .items(items);
  }

  @Test
  void choices_are_made_by_keys_which_are_dead_while_an_input_method_composes() {
    ScriptedProject p = goodOrBad(2);
    p.take("{\"id\":\"x\",\"text\":\"<img src=x onerror=alert(1)>\"}", false);
    try (var server = serve(p);
        Page page = page(server, "ann")) {
      assertThat(page.locator("#fields")).hasText("text 0");
      page.evaluate(
          "dispatchEvent(new KeyboardEvent('keydown', {key: 'b', isComposing: true, bubbles:"
              + " true}))");
      assertThat(page.locator("[aria-checked=true]")).hasCount(0);
      press(page, "g", "b", "Enter");
      assertThat(page.locator("#fields")).hasText("text 1");
      press(page, "g", "Enter");
      assertThat(page.locator("#fields")).hasText("<img src=x onerror=alert(1)>");
      assertEquals(List.of("bad"), answer(p, 0).labels());
      press(page, "u");
      assertThat(page.locator("#fields")).hasText("text 1");
      press(page, "s");
      page.keyboard().type("no sense");
      press(page, "Enter");
      assertThat(page.locator("#fields")).hasText("<img src=x onerror=alert(1)>");
      press(page, "g", "Enter");
      assertThat(page.locator("#done")).isVisible();
      assertEquals(2, ProjectStatus.of(p.project).answers());
      assertEquals(0, p.wrong());
    }
  }

  /// As many choices by keys as `IMAGO_CASES` says, one after another as fast as the page takes
  /// them; tells how long they took.
  @Test
  @EnabledIfEnvironmentVariable(named = "IMAGO_CASES", matches = "\\d+")
  void many_choices_by_keys_are_all_kept() {
    int choices = Integer.parseInt(System.getenv("IMAGO_CASES"));
    ScriptedProject p = goodOrBad(choices);
    try (var server = serve(p);
        Page page = page(server, "ann")) {
      long started = System.nanoTime();
      for (int i = 0; i < choices; i++) {
        assertThat(page.locator("#fields")).hasText("text " + i);
        press(page, i % 3 == 0 ? "b" : "g", "Enter");
      }
      assertThat(page.locator("#done")).isVisible();
      System.out.printf(
          "%d choices by keys: %.1f s%n", choices, (System.nanoTime() - started) / 1e9);
      assertEquals(choices, ProjectStatus.of(p.project).answers());
    }
  }

  @Test
  void spans_are_marked_by_words_and_characters_and_whole_characters_only() {
    var p =
        new ScriptedProject(
            state,
            folder,
            "task: spans\nlabels: [{name: PER, key: p}, {name: LOC, key: l}]\nnested: true\n"
                + "relations: [lives-in]\n",
            PLAIN);
    p.take("{\"id\":\"x\",\"text\":\"👨‍👩‍👧 Ann lives in 北京.\"}", false);
    try (var server = serve(p);
        Page page = page(server, "ann")) {
      assertThat(page.locator("#text")).containsText("lives in");
      press(page, "m", "Shift+ArrowRight", "p"); // the family is one character
      assertThat(page.locator("#spans li")).hasCount(1);
      press(page, "m", "ArrowRight", "Shift+ArrowRight", "p"); // by words: Ann
      assertThat(page.locator("#spans li").last()).hasText("Ann → PER");
      for (int i = 0; i < 5; i++) {
        press(page, "ArrowRight");
      }
      press(page, "Shift+ArrowRight", "l");
      assertThat(page.locator("#spans li").last()).hasText("北京 → LOC");
      press(page, "Tab", "Delete"); // the family goes
      press(page, "Tab", "r", "Tab", "r", "Enter");
      assertThat(page.locator("#done")).isVisible();
      assertEquals(
          new LabelAnswer(
              List.of(),
              List.of(new MarkedSpan(6, 9, "PER"), new MarkedSpan(19, 21, "LOC")),
              List.of(new MarkedSpan.Relation(0, 1, "lives-in")),
              ""),
          answer(p, 0));
    }
  }

  @Test
  void with_the_server_gone_the_page_says_so_and_sends_its_work_on_return() {
    var p =
        new ScriptedProject(state, folder, "task: choice\nlabels: [good, bad]\n", PLAIN).items(2);
    try (var server = serve(p);
        Page page = page(server, "ann")) {
      assertThat(page.locator("#fields")).hasText("text 0");
      page.route("**/label/**", Route::abort);
      press(page, "1", "Enter");
      assertThat(page.locator("#trouble")).containsText("does not answer");
      assertEquals(0, ProjectStatus.of(p.project).answers());
      page.unroute("**/label/**");
      assertThat(page.locator("#fields")).hasText("text 1");
      assertEquals(1, ProjectStatus.of(p.project).answers());
      assertEquals(List.of("good"), answer(p, 0).labels());
    }
  }

  @Test
  void a_reviewer_accepts_sends_back_and_decides_by_keys() {
    var p =
        new ScriptedProject(state, folder, "task: choice\nlabels: [good, bad]\noverlap: 2\n", PLAIN)
            .people("ann", "bob")
            .items(3);
    p.project.member(new LabelProject.Member("rita", Role.REVIEWER));
    for (int i = 0; i < 3; i++) {
      p.save("ann", p.next("ann"), "good");
      p.save("bob", p.next("bob"), "bad");
    }
    try (var server = serve(p);
        Page page = page(server, "rita")) {
      assertThat(page.locator("#said li")).hasCount(2);
      press(page, "2"); // bob is right
      assertThat(page.locator("#fields")).hasText("text 1");
      press(page, "s", "1", "Enter");
      page.keyboard().type("too fast");
      press(page, "Enter");
      assertThat(page.locator("#fields")).hasText("text 2");
      press(page, "d", "2", "Enter");
      assertThat(page.locator("#done")).isVisible();
      press(page, "p");
      assertThat(page.locator("#people-rows tr")).hasCount(3);
      assertEquals(2, ProjectStatus.of(p.project).reviewed());
      var labels = new LabelSnapshot(p.project).labels();
      assertEquals(List.of("bad"), labels.getFirst().given().getFirst().answer().labels());
      assertEquals("too fast", p.next("ann").sentBack());
      assertEquals(0, p.wrong());
    }
  }

  @Test
  void two_tabs_are_a_conflict_that_a_person_decides() {
    var p =
        new ScriptedProject(state, folder, "task: choice\nlabels: [good, bad]\n", PLAIN).items(1);
    try (var server = serve(p);
        Page page = page(server, "ann")) {
      assertThat(page.locator("#fields")).hasText("text 0");
      p.save("ann", p.next("ann"), "good"); // the other tab
      press(page, "2", "Enter");
      assertThat(page.locator("#there")).hasText("good");
      assertThat(page.locator("#mine")).hasText("bad");
      press(page, "2");
      assertThat(page.locator("#done")).isVisible();
      assertEquals(List.of("bad"), answer(p, 0).labels());
      assertEquals(0, p.wrong());
    }
  }
}
