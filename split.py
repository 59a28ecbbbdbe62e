s=open('TorchOperations.java').read()
def cut(a,b):
    global s
    i=s.index(a); j=s.index(b,i+1) if b else len(s)
    r=s[i:j]; s=s[:i]+s[j:]
    return r
attention=cut('  @Override\n  public Activation attention(','  private boolean drops(')
drops=cut('  private boolean drops(','  /// Attention whose weights')
dropping=cut('  /// Attention whose weights','  private Tensor heads(')
heads=cut('  private Tensor heads(','  /// Each key–value head once')
rest=cut('  /// Each key–value head once','  @Override\n  public TorchOperations source()')
across=cut('  @Override\n  public Activation across(','  @Override\n  public Activation recurrent(')
recurrent=cut('  @Override\n  public Activation recurrent(','  @Override\n  public Activation recent(')

PKG='package dev.imago.torch;\n\n'
# --- dropout
open('PassDropout.java','w').write(PKG+'''import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Dropout in one pass: each mask is drawn at the next place of the pass, so that a block that is
/// computed again from its place on gets the same ones.
final class PassDropout {
  private final @Nullable Draw draw;

  /// The next place of the pass that draws numbers.
  private int place;

  /// @param draw where numbers come from; null where nothing is dropped
  PassDropout(@Nullable Draw draw, int firstPlace) {
    this.draw = draw;
    this.place = firstPlace;
  }

  boolean drops(float rate) {
    return rate > 0 && draw != null;
  }

  /// What is multiplied by, where [#drops]: [sequences · each].
  ///
  /// @param each numbers of a sequence
  Tensor mask(float rate, long sequences, long each) {
    if (draw == null) {
      throw new IllegalStateException("nothing is drawn in this pass");
    }
    return DropoutMask.of(draw, place++, rate, (int) sequences, each);
  }

  int place() {
    return place;
  }

  /// Goes back to a place of the pass.
  void place(int earlier) {
    place = earlier;
  }
}
''')
# --- attention
core='''  private Tensor weighted(
      Tensor q,
      Tensor k,
      Tensor v,
      @Nullable Tensor mask,
      boolean causal,
      DoubleOptional scale) {
    return torch.scaled_dot_product_attention(
        q,
        k,
        v,
        mask == null ? new TensorOptional() : new TensorOptional(mask),
        0.0,
        causal,
        scale,
        false);
  }

'''
within='''  /// A row's tokens among each other: q [B·T,H·C], k and v [B·T,K·C] → [B·T,H·C], where K divides H.
  ///
  /// @param bias by distance
  Tensor within(Tensor q, Tensor k, Tensor v, AttentionShape shape, @Nullable Slot bias) {
    long heads = shape.heads();
    long kvHeads = shape.kvHeads();
    long width = shape.headWidth();
    Tensor queries = heads(q, heads, width).transpose(1, 2);
    Tensor keys = spread(heads(k, kvHeads, width), heads / kvHeads).transpose(1, 2);
    Tensor values = spread(heads(v, kvHeads, width), heads / kvHeads).transpose(1, 2);
    boolean causal = shape.mask() == AttentionShape.Mask.CAUSAL;
    Tensor mask = mask(shape, bias);
    boolean usual = shape.scale() == (float) (1 / Math.sqrt(width));
    Tensor y =
        dropout.drops(shape.dropout())
            ? dropping(
                queries, keys, values, causal && mask == null ? hidden(shape, false) : mask, shape)
            : weighted(
                queries,
                keys,
                values,
                mask,
                causal && mask == null,
                usual ? new DoubleOptional() : new DoubleOptional(shape.scale()));
    return y.transpose(1, 2).reshape(sequences * length, heads * width);
  }

  /// A row's tokens on what the encoder read: q [B·T,H·C], k and v [B·S,H·C] → [B·T,H·C].
  Tensor across(Tensor q, Tensor k, Tensor v, Batch.Source source, AttentionShape shape) {
    long heads = shape.heads();
    long width = shape.headWidth();
    long s = source.length();
    Tensor mask = null;
    if (source.lengths().length > 0) {
      float[] hidden = new float[(int) (sequences * s)];
      for (int i = 0; i < hidden.length; i++) {
        boolean unseen = i % s >= source.lengths()[(int) (i / s)];
        hidden[i] = unseen ? Float.NEGATIVE_INFINITY : 0;
      }
      mask = Replica.floats(hidden, sequences, 1, 1, s);
    }
    Tensor queries = heads(q, heads, width).transpose(1, 2);
    Tensor keys = k.view(sequences, s, heads, width).transpose(1, 2);
    Tensor values = v.view(sequences, s, heads, width).transpose(1, 2);
    Tensor y =
        dropout.drops(shape.dropout())
            ? dropping(queries, keys, values, mask, shape)
            : weighted(queries, keys, values, mask, false, new DoubleOptional(shape.scale()));
    return y.transpose(1, 2).reshape(sequences * length, heads * width);
  }

'''
dropping=dropping.replace('''    Tensor kept =
        DropoutMask.of(
            java.util.Objects.requireNonNull(draw),
            place++,
            shape.dropout(),
            (int) sequences,
            each);
''','''    Tensor kept = dropout.mask(shape.dropout(), sequences, each);
''')
assert 'dropout.mask' in dropping
heads=heads.replace('heads(Activation x,','heads(Tensor x,').replace('x.tensor.view','x.view')
rest=rest.replace('_ -> kept(apart(shape))','_ -> Recomputation.kept(blocks, apart(shape))').replace('_ -> kept(hidden(shape, false))','_ -> Recomputation.kept(blocks, hidden(shape, false))')
assert rest.count('Recomputation.kept')==2
open('TorchAttention.java','w').write(PKG+'''import dev.imago.tensor.AttentionShape;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Attention of one pass of one replica, and its masks, of which those that layers share are made
/// once.
///
/// *B sequences of T tokens, S of a source, H heads of width C.*
final class TorchAttention {
  private final Replica replica;
  private final Batch batch;
  private final PassDropout dropout;
  private final @Nullable Recomputation blocks;
  private final long sequences;
  private final long length;
  private final Map<Integer, Tensor> windows = new HashMap<>();
  private final Map<Slot, Tensor> biases = new IdentityHashMap<>();

  TorchAttention(
      Replica replica, Batch batch, PassDropout dropout, @Nullable Recomputation blocks) {
    this.replica = replica;
    this.batch = batch;
    this.dropout = dropout;
    this.blocks = blocks;
    this.sequences = batch.sequences();
    this.length = batch.length();
  }

'''+within+core.replace('private Tensor','private static Tensor')+dropping+heads+rest.rstrip()+'\n}\n')
# --- recurrence
rec=recurrent
i=rec.index('    oneText('); j=rec.index('  /// What a layer begins with')
body=rec[i:j]; tail=rec[j:]
body=body.replace('    oneText("a recurrent layer");\n','').replace('x.tensor.view(sequences, length, x.tensor.size(1))','x.view(sequences, length, x.size(1))').replace('return new Activation(out.get0().reshape(sequences * length, d));','return out.get0().reshape(sequences * length, d);')
assert 'Activation' not in body and 'x.tensor' not in body
open('TorchRecurrence.java','w').write(PKG+'''import dev.imago.tensor.Operations.Cell;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Recurrent layers in one pass of one replica, which begin anew or with the states of the step
/// before.
///
/// *B sequences of T tokens, D width of a state.*
final class TorchRecurrence {
  private final Replica replica;
  private final Batch batch;
  private final @Nullable Draw draw;
  private final long sequences;
  private final long length;

  /// @param draw of the batch; null where nothing is learned, and no state carried
  TorchRecurrence(Replica replica, Batch batch, @Nullable Draw draw) {
    this.replica = replica;
    this.batch = batch;
    this.draw = draw;
    this.sequences = batch.sequences();
    this.length = batch.length();
  }

  /// One layer: x [B·T,E] → [B·T,D].
  Tensor layer(
      Cell cell,
      int layer,
      Tensor x,
      Slot input,
      Slot recurrent,
      Slot inputBias,
      Slot recurrentBias) {
'''+body+tail.rstrip()+'\n}\n')
# --- operations
new_att='''  @Override
  public Activation attention(
      Activation q, Activation k, Activation v, AttentionShape shape, @Nullable Slot bias) {
    return new Activation(attention.within(q.tensor, k.tensor, v.tensor, shape, bias));
  }

'''
new_across='''  @Override
  public Activation across(
      int layer,
      Activation q,
      @Nullable Activation k,
      @Nullable Activation v,
      AttentionShape shape) {
    Batch.Source source = batch.source();
    if (source == null || k == null || v == null) {
      throw new IllegalArgumentException("keys and values of the sources are missing");
    }
    return new Activation(attention.across(q.tensor, k.tensor, v.tensor, source, shape));
  }

'''
new_rec='''  @Override
  public Activation recurrent(
      Cell cell,
      int layer,
      Activation x,
      Slot input,
      Slot recurrent,
      Slot inputBias,
      Slot recurrentBias) {
    oneText("a recurrent layer");
    return new Activation(
        recurrence.layer(cell, layer, x.tensor, input, recurrent, inputBias, recurrentBias));
  }

'''
i=s.index('  @Override\n  public TorchOperations source()'); s=s[:i]+new_att+s[i:]
i=s.index('  @Override\n  public Activation recent('); s=s[:i]+new_across+new_rec+s[i:]
def r(a,b):
    global s
    assert s.count(a)==1,(a,s.count(a)); s=s.replace(a,b)
r('''  private final Map<Integer, Tensor> windows = new HashMap<>();
  private final Map<Slot, Tensor> biases = new IdentityHashMap<>();
  private final @Nullable Draw draw;
''','''  private final PassDropout dropout;
  private final TorchAttention attention;
  private final TorchRecurrence recurrence;
  private final @Nullable Draw draw;
''')
r('''
  /// The next place of the pass that draws numbers.
  private int place;
''','')
r('    this.place = firstPlace;\n','    this.dropout = new PassDropout(draw, firstPlace);\n    this.attention = new TorchAttention(replica, batch, dropout, blocks);\n    this.recurrence = new TorchRecurrence(replica, batch, draw);\n')
r('''  int place() {
    return place;
  }

  /// Goes back to a place of the pass.
  void place(int earlier) {
    place = earlier;
  }
''','''  /// What this pass drops.
  PassDropout dropout() {
    return dropout;
  }
''')
r('''  /// What several blocks use, past the one that made it.
  private Tensor kept(Tensor x) {
    return blocks == null ? x : blocks.kept(x);
  }

''','')
r('new Rotary(kept(rotary.cos()), kept(rotary.sin()))','new Rotary(\n              Recomputation.kept(blocks, rotary.cos()), Recomputation.kept(blocks, rotary.sin()))')
r('if (rate == 0 || draw == null) {','if (!dropout.drops(rate)) {')
r('DropoutMask.of(draw, place++, rate, (int) sequences, columns)','dropout.mask(rate, sequences, columns)')
r('DropoutMask.of(draw, place++, rate, (int) sequences, rows * columns)','dropout.mask(rate, sequences, rows * columns)')
r('import java.util.HashMap;\n','')
open('TorchOperations.java','w').write(s)
