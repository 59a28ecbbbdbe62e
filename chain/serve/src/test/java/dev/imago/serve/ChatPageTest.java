// Past 400 lines: one page in one browser, which is dear to start.
package dev.imago.serve;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.imago.data.Rating;
import dev.imago.data.Rating.Message;
import dev.imago.data.Rating.Vote;
import dev.imago.data.RatingLog;
import dev.imago.model.ModelCard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The chat page in the system's Chromium. With `IMAGO_SCREENSHOTS` naming a folder, pictures of it
/// are left there.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChatPageTest {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final String SIGNATURE = "public static int parseInt(String s)";

  private Playwright playwright;
  private Browser browser;

  @BeforeAll
  void open() {
    Assumptions.assumeTrue(
        Files.isExecutable(CHROMIUM), "skipped: there is no Chromium at " + CHROMIUM);
    PlaywrightAssertions.setDefaultAssertionTimeout(Running.PATIENCE * 1000);
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
  }

  @AfterAll
  void close() {
    if (playwright != null) {
      playwright.close();
    }
  }

  private static ServerConfig config(Path folder) {
    return config(folder, Running.NO_HEARTBEAT);
  }

  private static ServerConfig config(Path folder, ServerConfig.Times times) {
    return Running.config(
        folder,
        new ServerConfig.Page(
            "This model has read Java. Give it a method's signature, and it says in one sentence"
                + " what the method does.",
            SIGNATURE,
            false),
        times);
  }

  private Page page(Running running, int width, int height) {
    return page(running, width, height, "en-GB");
  }

  private Page page(Running running, int width, int height, String locale) {
    Page page =
        browser.newPage(
            new Browser.NewPageOptions().setViewportSize(width, height).setLocale(locale));
    page.setDefaultTimeout(Running.PATIENCE * 1000);
    page.navigate(running.server.address().toString());
    return page;
  }

  private static void picture(Page page, String name) {
    String folder = System.getenv("IMAGO_SCREENSHOTS");
    if (folder != null) {
      page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(folder, name + ".png")));
    }
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Locator message(Page page) {
    return page.getByRole(
        AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName("Message").setExact(true));
  }

  private static List<Rating> log(Path folder) {
    try (Stream<Rating> ratings = RatingLog.read(folder.resolve("ratings.jsonl"))) {
      return ratings.toList();
    }
  }

  @Test
  void streamsAnAnswerAndKeepsTheThumb(@TempDir Path folder) {
    var backend =
        new ScriptedBackend(
            512, 1, "Parses the string ", "argument as a signed ", "decimal integer. 🦋");
    try (var running = new Running(config(folder), backend);
        Page page = page(running, 1280, 800)) {
      assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("tiny")))
          .isVisible();
      button(page, SIGNATURE).click();
      message(page).press("Enter");
      Locator answer = page.locator(".turn.assistant");
      assertThat(answer.locator(".text")).hasText("Parses the string");
      assertThat(button(page, "Stop")).isVisible();
      assertThat(answer.locator(".rating")).isHidden();
      backend.gate.release(10);
      assertThat(answer.locator(".text"))
          .hasText("Parses the string argument as a signed decimal integer. 🦋");
      assertThat(button(page, "Send")).isVisible();
      button(page, "Good answer").click();
      assertThat(answer.locator(".saved")).hasText("Saved, thank you");
      assertThat(button(page, "Good answer")).hasAttribute("aria-pressed", "true");
      Rating rating = log(folder).getFirst();
      assertEquals(Vote.UP, rating.vote());
      assertEquals(List.of(new Message("user", SIGNATURE)), rating.messages());
      assertEquals("Parses the string argument as a signed decimal integer. 🦋", rating.answer());
      answer.getByLabel("What was good or bad about it").fill("to the point");
      answer.getByText("Save", new Locator.GetByTextOptions().setExact(true)).click();
      assertThat(answer.locator(".saved")).hasText("Saved with your note");
      button(page, "Bad answer").click();
      assertThat(button(page, "Bad answer")).hasAttribute("aria-pressed", "true");
      assertThat(button(page, "Good answer")).hasAttribute("aria-pressed", "false");
      assertEquals(
          List.of(Vote.UP, Vote.UP, Vote.DOWN), log(folder).stream().map(Rating::vote).toList());
      assertEquals("to the point", log(folder).get(1).comment());
    }
  }

  @Test
  void stopsAnAnswerAndTheGenerationWithIt(@TempDir Path folder) throws Exception {
    var backend = new ScriptedBackend(512, 1, "Parses ", "on and on");
    ServerConfig config =
        config(
            folder,
            new ServerConfig.Times(
                java.time.Duration.ofSeconds(5), java.time.Duration.ofMillis(50)));
    try (var running = new Running(config, backend);
        Page page = page(running, 1280, 800)) {
      message(page).fill("void run()");
      button(page, "Send").click();
      assertThat(page.locator(".turn.assistant .text")).hasText("Parses");
      button(page, "Stop").click();
      assertThat(page.locator(".aside")).hasText("Stopped.");
      assertTrue(backend.cancelled.await(Running.PATIENCE, TimeUnit.SECONDS));
      button(page, "Bad answer").click();
      assertThat(page.locator(".saved")).hasText("Saved, thank you");
      assertEquals("Parses ", log(folder).getFirst().answer());
    }
  }

  @Test
  void sendsSettingsAndEarlierTurnsAsTold(@TempDir Path folder) throws Exception {
    var backend = new ScriptedBackend(512, "Yes.");
    try (var running = new Running(config(folder), backend);
        Page page = page(running, 1280, 800)) {
      page.getByText("Settings").click();
      page.locator("#temperature").fill("0.2");
      page.getByLabel("Longest answer").fill("33");
      ask(page, "one", 1);
      ask(page, "two", 2);
      page.getByLabel("Remember earlier messages").check();
      ask(page, "three", 3);
      var first = backend.asked.take();
      assertEquals(0.2f, first.sampling().temperature());
      assertEquals(33, first.sampling().ending().maxTokens());
      assertEquals("user:two\n", backend.asked.take().prompt());
      assertEquals(
          "user:one\nassistant:Yes.\nuser:two\nassistant:Yes.\nuser:three\n",
          backend.asked.take().prompt());
      button(page, "New chat").click();
      assertThat(page.locator("#welcome")).isVisible();
      assertThat(page.locator(".turn")).hasCount(0);
    }
  }

  private static void ask(Page page, String message, int answers) {
    message(page).fill(message);
    message(page).press("Enter");
    assertThat(page.locator(".turn.assistant .rating:visible")).hasCount(answers);
  }

  @Test
  void anotherAnswerIsChosenFromAndMakesAPair(@TempDir Path folder) {
    var backend = new ScriptedBackend(512, "It adds.");
    try (var running = new Running(config(folder), backend);
        Page page = page(running, 1280, 800)) {
      ask(page, "What does it do?", 1);
      backend.pieces = List.of("It ", "multiplies.");
      button(page, "Another answer").click();
      assertThat(page.locator(".turn.assistant .text"))
          .hasText(new String[] {"It adds.", "It multiplies."});
      assertThat(page.locator(".rating:visible")).hasCount(0);
      picture(page, "desktop-two");
      button(page, "This one is better").nth(1).click();
      assertThat(page.locator(".choice .chosen")).hasText("Saved, thank you");
      List<Rating> said = log(folder);
      assertEquals(List.of(Vote.DOWN, Vote.UP), said.stream().map(Rating::vote).toList());
      assertEquals(
          List.of("It adds.", "It multiplies."), said.stream().map(Rating::answer).toList());
      assertEquals(said.get(0).messages(), said.get(1).messages(), "one prompt: a pair");
      page.getByText("Settings").click();
      page.getByLabel("Remember earlier messages").check();
      message(page).fill("And then?");
      message(page).press("Enter");
      assertThat(page.locator(".turn.assistant")).hasCount(2);
      backend.asked.clear();
      ask(page, "Why?", 3);
      assertTrue(
          backend
              .asked
              .peek()
              .prompt()
              .startsWith("user:What does it do?\nassistant:It multiplies."),
          "the conversation goes on from the better one");
    }
  }

  @Test
  void twoAnswersAtOnceCanBothBeRefused(@TempDir Path folder) {
    var backend = new ScriptedBackend(512, "Same.");
    try (var running = new Running(config(folder), backend);
        Page page = page(running, 375, 667)) {
      page.getByText("Settings").click();
      page.getByLabel("Two answers to choose from").check();
      page.getByText("Settings").click();
      message(page).fill("one");
      message(page).press("Enter");
      assertThat(page.locator(".aside")).containsText("Both answers are the same");
      assertThat(page.locator(".turn.assistant")).hasCount(1);
      backend.pieces = List.of("Other.");
      button(page, "Another answer").click();
      button(page, "Neither is good").click();
      assertThat(page.locator(".choice .chosen")).hasText("Saved, thank you");
      picture(page, "phone-two");
      assertEquals(List.of(Vote.DOWN, Vote.DOWN), log(folder).stream().map(Rating::vote).toList());
    }
  }

  @Test
  void theEnterThatEndsTheChoiceOfACharacterSendsNothing(@TempDir Path folder) {
    var backend = new ScriptedBackend(512, "好的。");
    try (var running = new Running(config(folder), backend);
        Page page = page(running, 1280, 800)) {
      message(page).fill("zhong wen");
      for (String event :
          List.of("{key: 'Enter', keyCode: 229}", "{key: 'Enter', isComposing: true}")) {
        Object prevented =
            message(page)
                .evaluate(
                    "(box, init) => !box.dispatchEvent(new KeyboardEvent('keydown', {...init,"
                        + " bubbles: true, cancelable: true}))",
                    page.evaluate("(" + event + ")"));
        assertEquals(false, prevented, event);
      }
      assertThat(page.locator(".turn")).hasCount(0);
      assertThat(message(page)).hasValue("zhong wen");
      message(page).press("Enter");
      assertThat(page.locator(".turn.assistant .text")).hasText("好的。");
    }
  }

  @Test
  void saysWhatTheModelIsInTheReadersLanguage(@TempDir Path folder) {
    var backend = new ScriptedBackend(512, "疑是地上霜。");
    backend.card = POEMS;
    ServerConfig config = Running.config(folder, ServerConfig.Page.PLAIN, Running.NO_HEARTBEAT);
    try (var running = new Running(config, backend);
        Page english = page(running, 1280, 800);
        Page chinese = page(running, 375, 667, "zh-CN")) {
      assertThat(english.locator("#about"))
          .hasText(
              "A model of 1.26 million parameters, trained from nothing on 30,015 documents (2.1 MB"
                  + " of prose: Chinese), of which it read 3.2 million tokens, then tuned on 12,000"
                  + " pairs of a prompt and its answer.");
      assertThat(english.locator("#made")).hasText("Made on 2 January 2026.");
      picture(english, "desktop-card");
      assertThat(chinese.locator("#about"))
          .hasText(
              "一个有 126万个参数的模型，用 30,015 篇文档（2.1 MB，文章，中文）从零开始训练，读了" + " 320万个词元，并以 12,000 对问答微调。");
      assertThat(chinese.locator("#greeting")).hasText("有什么可以帮您？");
      chinese.getByText("床前明月光，").click();
      picture(chinese, "phone-chinese");
      chinese.locator("#message").press("Enter");
      assertThat(chinese.getByText("换一个回答")).isVisible();
      picture(chinese, "phone-chinese-answer");
      assertEquals("zh", chinese.evaluate("document.documentElement.lang"));
    }
  }

  private static final ModelCard POEMS =
      ModelCard.of(
              new ModelCard.Reading(
                  30_015,
                  2_100_000,
                  900_000,
                  3_200_000,
                  42,
                  Map.of("zh", 2_100_000L),
                  Map.of("prose", 30_015L)),
              1_262_720,
              "")
          .tuned(new ModelCard.Tuning(12_000, 16_000), "床前明月光，");

  @Test
  void aModelThatWasTunedOnNothingGoesOnWithTheText(@TempDir Path folder) throws Exception {
    var backend = new ScriptedBackend(512, " there was a king.");
    backend.card =
        ModelCard.of(
            new ModelCard.Reading(1, 9, 3, 3, 42, Map.of("en", 9L), Map.of("prose", 1L)), 99, "");
    try (var running = new Running(config(folder), backend);
        Page page = page(running, 1280, 800)) {
      assertThat(page.locator("#greeting")).hasText("Begin a text, and I go on with it.");
      ask(page, "Once upon a time", 1);
      assertEquals("^Once upon a time", backend.asked.take().prompt());
      assertEquals(" there was a king.", page.locator(".turn.assistant .text").textContent());
      button(page, "Good answer").click();
      assertThat(page.locator(".saved:visible")).hasText("Saved, thank you");
      assertTrue(log(folder).getFirst().bareText());
    }
  }

  @Test
  void asksForAKeyWhereTheServerWantsOneAndKeepsItForTheTab(@TempDir Path folder) {
    var listening =
        new ServerConfig.Listening(
            "127.0.0.1", 0, List.of("sesame"), false, java.util.Optional.empty());
    var backend = new ScriptedBackend(512, "Open.");
    try (var running = new Running(Running.config(folder, listening, ""), backend);
        Page page = page(running, 375, 667)) {
      Locator key = page.getByLabel("API key", new Page.GetByLabelOptions().setExact(true));
      assertThat(page.locator("#key-words")).hasText("This server asks for an API key.");
      picture(page, "phone-key");
      key.fill("tahini");
      key.press("Enter");
      assertThat(page.locator("#key-words")).hasText("The server does not take this key.");
      key.fill("sesame");
      button(page, "Use it").click();
      assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("tiny")))
          .isVisible();
      assertThat(page.locator("#key")).isHidden();
      ask(page, "Door?", 1);
      page.reload();
      assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("tiny")))
          .isVisible();
      assertThat(page.locator("#key")).isHidden();
      assertEquals(0, ((Number) page.evaluate("localStorage.length")).intValue());
    }
  }

  @Test
  void saysKindlyWhatWentWrongAndKeepsTheMessage(@TempDir Path folder) {
    var backend = new ScriptedBackend(64, "Yes.");
    var running = new Running(config(folder), backend);
    try (Page page = page(running, 375, 667)) {
      String tooLong = "long ".repeat(30).strip();
      message(page).fill(tooLong);
      message(page).press("Enter");
      assertThat(page.getByRole(AriaRole.ALERT)).containsText("longer than the model can read");
      assertThat(message(page)).hasValue(tooLong);
      assertThat(page.locator(".turn")).hasCount(0);
      picture(page, "phone-error");
      running.close();
      message(page).fill("void run()");
      message(page).press("Enter");
      assertThat(page.getByRole(AriaRole.ALERT)).containsText("cannot be reached");
      assertThat(message(page)).hasValue("void run()");
    } finally {
      running.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "phone,375,667,LIGHT",
    "phone-dark,375,667,DARK",
    "desktop,1280,800,LIGHT",
    "desktop-dark,1280,800,DARK"
  })
  void fitsPhoneAndDesktop(
      String name,
      int width,
      int height,
      com.microsoft.playwright.options.ColorScheme scheme,
      @TempDir Path folder) {
    var backend =
        new ScriptedBackend(
            512,
            "Parses the string argument as a signed decimal integer.\n\n",
            "averyveryverylongwordwithoutanyplacetobreakit".repeat(3),
            "\n\n把字符串参数解析为有符号的十进制整数。");
    try (var running = new Running(config(folder), backend);
        Page page = page(running, width, height)) {
      page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
      picture(page, name + "-welcome");
      ask(page, SIGNATURE + "\n    throws NumberFormatException", 1);
      button(page, "Good answer").click();
      assertThat(page.locator(".saved")).hasText("Saved, thank you");
      picture(page, name + "-answer");
      page.getByText("Settings").click();
      picture(page, name + "-settings");
      assertEquals(
          Boolean.TRUE,
          page.evaluate(
              "[document.documentElement, document.querySelector('main'),"
                  + " document.querySelector('footer')].every(e => e.scrollWidth <= e.clientWidth)"
                  + " && document.documentElement.scrollHeight <= innerHeight"),
          "nothing sticks out sideways, and the page itself does not scroll");
    }
  }
}
