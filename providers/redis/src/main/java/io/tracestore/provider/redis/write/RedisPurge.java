package io.tracestore.provider.redis.write;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.Range.Boundary;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ScriptOutputType;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.redis.connect.RedisLink;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.provider.redis.schema.Script;
import io.tracestore.provider.redis.schema.StoredEvent;
import io.tracestore.provider.support.index.TermNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/** Removes old traces and old early events, in short steps. */
public final class RedisPurge {
  private static final int PURGE_STEP = 100;
  private static final int EARLY_EVENTS_STEP = 1_000;

  private final RedisLink link;
  private final Keys keys;
  private final long answerMillis;

  /**
   * A purge of the data that {@code keys} name.
   *
   * @param answerMillis how long a server remembers an answer
   */
  public RedisPurge(RedisLink link, Keys keys, long answerMillis) {
    this.link = link;
    this.keys = keys;
    this.answerMillis = answerMillis;
  }

  /** Removes what is before {@code cutoff}; how many traces. */
  public long before(Instant cutoff) {
    long removed = 0;
    for (int partition = 0; partition < keys.partitions(); partition++) {
      // Events first: early events whose header arrives during the call are then removed as a
      // trace, not kept with old events.
      purgeEarlyEvents(partition, cutoff);
      removed += purgeTraces(partition, cutoff);
    }
    return removed;
  }

  private long purgeTraces(int partition, Instant cutoff) {
    byte[] behind = {'-'};
    if (EpochNanos.isRepresentable(cutoff)) {
      behind = RedisWriteSink.concatenated(new byte[] {'('}, Keys.lastMember(cutoff));
    }
    byte[][] index = {keys.index(partition, TermNames.ALL)};
    long removed = 0;
    while (true) {
      CompletableFuture<List<Long>> step =
          link.run(
              Script.PURGE,
              ScriptOutputType.MULTI,
              index,
              keys.base(partition),
              behind,
              RedisWriteSink.ascii(PURGE_STEP),
              RedisWriteSink.token(),
              RedisWriteSink.ascii(answerMillis));
      List<Long> counts = link.await(step);
      removed += counts.get(1);
      if (counts.get(0) < PURGE_STEP) {
        return removed;
      }
    }
  }

  private void purgeEarlyEvents(int partition, Instant cutoff) {
    boolean all = !EpochNanos.isRepresentable(cutoff);
    double latest = all ? Double.POSITIVE_INFINITY : RedisWriteSink.millis(cutoff);
    // In the range before that millisecond, a trace with newer events moves out of the range; in
    // the range of that millisecond, it stays.
    purgeEarlyEvents(
        partition, Range.from(Boundary.unbounded(), Boundary.excluding(latest)), cutoff);
    purgeEarlyEvents(partition, Range.create(latest, latest), cutoff);
  }

  private void purgeEarlyEvents(int partition, Range<Double> range, Instant cutoff) {
    byte[] early = keys.early(partition);
    long offset = 0;
    while (true) {
      Limit page = Limit.create(offset, PURGE_STEP);
      List<ScoredValue<byte[]>> traces =
          link.call(commands -> commands.zrangebyscoreWithScores(early, range, page));
      if (traces.isEmpty()) {
        return;
      }
      byte[][] ids = traces.stream().map(ScoredValue::getValue).toArray(byte[][]::new);
      for (byte[] id : ids) {
        purgeEarlyEvents(Keys.idOf(id), cutoff);
      }
      List<Double> places = link.call(commands -> commands.zmscore(early, ids));
      for (int i = 0; i < ids.length; i++) {
        offset += Objects.equals(places.get(i), traces.get(i).getScore()) ? 1 : 0;
      }
    }
  }

  private void purgeEarlyEvents(TraceId id, Instant cutoff) {
    byte[] key = keys.events(id);
    Map<byte[], byte[]> stored = link.call(commands -> commands.hgetall(key));
    List<byte[]> old = new ArrayList<>();
    Instant earliest = EpochNanos.MAX;
    for (Map.Entry<byte[], byte[]> entry : stored.entrySet()) {
      Instant timestamp = StoredEvent.decode(entry.getKey(), entry.getValue()).timestamp();
      if (timestamp.isBefore(cutoff)) {
        old.add(entry.getKey());
        old.add(entry.getValue());
      } else if (timestamp.isBefore(earliest)) {
        earliest = timestamp;
      }
    }
    int stay = stored.size() - old.size() / 2;
    for (int from = 0; from < Math.max(old.size(), 1); from += 2 * EARLY_EVENTS_STEP) {
      List<byte[]> arguments = new ArrayList<>();
      arguments.add(keys.base(id));
      arguments.add(Uuids.toBytes(id.value()));
      arguments.add(RedisWriteSink.ascii(stay));
      arguments.add(RedisWriteSink.ascii(RedisWriteSink.millis(earliest)));
      arguments.addAll(old.subList(from, Math.min(from + 2 * EARLY_EVENTS_STEP, old.size())));
      link.await(
          link.<Long>run(
              Script.PURGE_EARLY,
              ScriptOutputType.INTEGER,
              keys.ofTrace(id),
              arguments.toArray(byte[][]::new)));
    }
  }
}
