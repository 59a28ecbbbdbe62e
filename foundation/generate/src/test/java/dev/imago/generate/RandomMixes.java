package dev.imago.generate;

import dev.imago.constraints.Grammar;
import dev.imago.constraints.TokenConstraint;
import dev.imago.tensor.CacheBlocks;
import dev.imago.tensor.CacheType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Mixes of 32 requests, or up to as many, with shared beginnings, adapters, guesses, constraints,
/// tenants, priorities, told probabilities and cancels, each beside the same requests alone. `MIXES
/// [SEED]` runs as many, of 32 each.
final class RandomMixes implements AutoCloseable {
  private final LanguageModel model;
  private final LanguageModel draft;
  private final Random random;
  private final List<TokenConstraint> constraints;
  private final List<LoraAdapter> adapters;

  /// What a request gave alone, by what it asked: mixes ask for the same again and again.
  private final Map<String, Answered> alone = new HashMap<>();

  private final Engine single;

  RandomMixes(Path folder, long seed) throws Exception {
    RandomModelFolder.write(folder.resolve("large"), RandomModelFolder.tiny(1, 64, true), 12, true);
    RandomModelFolder.write(folder.resolve("small"), RandomModelFolder.tiny(1, 64, true), 3, true);
    this.model = LanguageModel.open(folder.resolve("large"), 1);
    this.draft = LanguageModel.open(folder.resolve("small"), 1);
    this.random = new Random(seed);
    this.constraints =
        List.of(
            model.constrain(Grammar.choice(List.of("yes", "no", "perhaps so"))),
            model.constrain(Grammar.choice(List.of("the one and only thing to say"))));
    this.adapters =
        List.of(
            adapter(folder.resolve("a"), 4, module -> module.contains("_proj")),
            adapter(folder.resolve("b"), 5, module -> module.matches(".*(q|v|down)_proj")));
    this.single = new Engine(model, 1, 128);
  }

  private LoraAdapter adapter(Path folder, long seed, Predicate<String> modules) throws Exception {
    return LoraAdapter.open(
        RandomAdapter.write(folder, RandomModelFolder.tiny(1, 64, true), seed, modules, ""), model);
  }

  private record Asked(Request request, String key) {}

  /// One of a few hundred.
  private Asked request() {
    int family = random.nextInt(4);
    int kept = 1 + random.nextInt(3) * 32 + random.nextInt(2) * 7;
    int own = random.nextInt(2) * (1 + random.nextInt(12));
    int temperature = random.nextInt(3);
    int constraint = random.nextInt(8);
    int told = random.nextInt(6);
    int penalty = random.nextInt(3);
    int length = 2 + random.nextInt(8);
    int[] prompt =
        Answered.joined(Answered.prompt(80, family), kept, Answered.prompt(own, family + 5));
    var sampling =
        new Sampling(
            temperature * 0.6f,
            new SamplingTruncation(temperature == 2 ? 40 : 0, temperature == 1 ? 0.9f : 1, 0, 1),
            new Penalties(
                penalty == 1 ? 1.2f : 1,
                0,
                0,
                Map.of(),
                penalty == 2 ? new Dry(0.8f, 1.75f, 2, -1, Set.of(12)) : Dry.NONE),
            family * 31L + kept,
            Ending.after(length));
    Request request = new Request(prompt, sampling, random.nextBoolean());
    if (constraint < constraints.size()) {
      request = request.withConstraint(constraints.get(constraint));
    }
    if (told < 2) {
      request = request.withTold(new Told(told * 3, told == 1));
    }
    int adapter = random.nextInt(4);
    if (adapter < adapters.size()) {
      request = request.withAdapter(adapters.get(adapter));
    }
    String key =
        Arrays.toString(prompt)
            + request.continued()
            + sampling
            + request.told()
            + constraint
            + ","
            + Math.min(adapter, adapters.size());
    return new Asked(request, key);
  }

  private Request placed(Request request) {
    Drafting drafting =
        switch (random.nextInt(4)) {
          case 0 -> Drafting.lookup(1 + random.nextInt(8));
          case 1 -> Drafting.model(1 + random.nextInt(6));
          default -> Drafting.NONE;
        };
    String tenant = "t" + random.nextInt(3);
    String scope = random.nextInt(3) == 0 ? tenant : "";
    return request
        .withDrafting(drafting)
        .withOrigin(new Origin(tenant, random.nextInt(3) - 1, scope));
  }

  /// Runs some mixes through one engine, whose cache stays warm in between.
  ///
  /// @param full whether each has 32 requests, and not fewer at random
  /// @return how many answers were compared
  int run(int mixes, boolean full) {
    CacheType type = CacheType.F32;
    long room = model.cacheBytes(type, 20 * CacheBlocks.TOKENS);
    var budget = new CacheBudget(type, room + draft.cacheBytes(type, 300)).withPrefixes();
    int compared = 0;
    // Models as small as these have nothing to gain by guesses: the clock stands still, where
    // nothing costs anything and all guesses are made, then goes by chance, where some are.
    var chance = new Random(random.nextLong());
    var nanos = new AtomicLong();
    var goes = new AtomicBoolean();
    try (var engine =
        new Engine(
            model,
            32,
            128,
            64,
            budget,
            Optional.of(draft),
            true,
            () -> goes.get() ? nanos.addAndGet(chance.nextInt(1_000)) : nanos.get())) {
      for (int mix = 0; mix < mixes; mix++) {
        goes.set(mix >= mixes / 2);
        compared += mix(engine, full ? 32 : 1 + random.nextInt(1 + random.nextInt(32)), mix);
      }
      long kept = engine.stats().cacheBytes();
      if (engine.stats().running() != 0 || engine.takenBytes() != kept || kept > budget.bytes()) {
        throw new AssertionError(
            "%d bytes are taken, and kept beginnings are %d".formatted(engine.takenBytes(), kept));
      }
      if (engine.stats().spared().cachedTokens() == 0
          || engine.stats().spared().acceptedTokens() == 0) {
        throw new AssertionError("nothing was spared: " + engine.stats());
      }
    }
    return compared;
  }

  private int mix(Engine engine, int size, int mix) {
    var asked = new ArrayList<Asked>();
    var running = new ArrayList<Generation>();
    var cancelled = new ArrayList<Boolean>();
    for (int i = 0; i < size; i++) {
      asked.add(request());
      running.add(engine.submit(placed(asked.getLast().request)));
      cancelled.add(random.nextInt(8) == 0);
      if (cancelled.getLast() && random.nextBoolean()) {
        running.getLast().cancel();
      }
    }
    int compared = 0;
    for (int i = 0; i < size; i++) {
      if (cancelled.get(i)) {
        running.get(i).cancel();
      }
      Answered got = Answered.read(running.get(i));
      Asked of = asked.get(i);
      Answered own = alone.computeIfAbsent(of.key, _ -> Answered.read(single.submit(of.request)));
      boolean cut = got.reason() == FinishReason.CANCELLED;
      boolean same =
          cut
              ? cancelled.get(i)
                  && got.tokens().size() <= own.tokens().size()
                  && got.tokens().equals(own.tokens().subList(0, got.tokens().size()))
              : own.content().equals(got.content());
      if (!same) {
        throw new AssertionError(
            "mix %d, request %d: alone %s, in the mix %s".formatted(mix, i, own, got));
      }
      compared++;
    }
    return compared;
  }

  @Override
  public void close() {
    single.close();
    draft.close();
    model.close();
  }

  public static void main(String[] args) throws Exception {
    int mixes = Integer.parseInt(args[0]);
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    Path folder = Files.createTempDirectory("imago-mixes");
    try (var all = new RandomMixes(folder, seed)) {
      System.out.printf(
          "%d mixes, %d answers, each the same as alone%n", mixes, all.run(mixes, true));
    }
  }
}
