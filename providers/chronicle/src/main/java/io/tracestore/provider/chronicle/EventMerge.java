package io.tracestore.provider.chronicle;

import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.chronicle.StoredTrace.Block;
import io.tracestore.provider.support.Terms;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts events into a trace: those with an id that is there take the other's place. Only blocks in
 * whose range of ids a new event lies are looked into; new events mostly come with later ids.
 */
final class EventMerge {
  private static final int EVENTS_IN_BLOCK = 512;

  /** More small blocks than this are put together. */
  private static final int MOST_IN_ENTRY = 16;

  /** More bytes than this get entries of their own. */
  private static final int BYTES_IN_ENTRY = 32 << 10;

  private final Member member;
  private final Transaction transaction;
  private final Map<String, Integer> terms;
  private final List<Block> blocks = new ArrayList<>();
  private final List<Integer> emptied = new ArrayList<>();
  private int nextBlock;

  private EventMerge(Member member, StoredTrace stored, Transaction transaction) {
    this.member = member;
    this.transaction = transaction;
    this.terms = new LinkedHashMap<>(stored.eventTerms());
    this.nextBlock = stored.nextBlock();
  }

  /** Encodes events, in blocks of some hundred. */
  static List<Block> blocks(List<TraceEvent> events) {
    List<Block> blocks = new ArrayList<>();
    for (int from = 0; from < events.size(); from += EVENTS_IN_BLOCK) {
      blocks.add(Block.of(events.subList(from, Math.min(events.size(), from + EVENTS_IN_BLOCK))));
    }
    return blocks;
  }

  /**
   * What {@code stored} is with {@code events} too; entries of their own are written already.
   *
   * @param encoded the blocks of {@code events}
   */
  static StoredTrace merged(
      Member member,
      StoredTrace stored,
      List<TraceEvent> events,
      List<Block> encoded,
      Transaction transaction) {
    EventMerge merge = new EventMerge(member, stored, transaction);
    merge.add(stored.blocks(), events, encoded);
    merge.settle();
    return new StoredTrace(stored.header(), merge.terms, merge.blocks, merge.nextBlock);
  }

  /** {@code alone}, of which nothing is stored yet; entries of their own are written. */
  static StoredTrace settled(Member member, StoredTrace alone, Transaction transaction) {
    List<Block> blocks = alone.blocks();
    if (blocks.size() == 1 && blocks.getFirst().bytesInEntry() <= BYTES_IN_ENTRY) {
      return alone;
    }
    EventMerge merge = new EventMerge(member, alone, transaction);
    merge.blocks.addAll(blocks);
    merge.settle();
    return new StoredTrace(alone.header(), merge.terms, merge.blocks, merge.nextBlock);
  }

  private void add(List<Block> stored, List<TraceEvent> events, List<Block> encoded) {
    List<Block> touched =
        stored.stream().filter(block -> encoded.stream().anyMatch(block::mayHaveOneOf)).toList();
    if (touched.isEmpty()) {
      blocks.addAll(stored);
      blocks.addAll(encoded);
      count(events, 1);
      return;
    }
    Map<EventId, TraceEvent> fresh = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> fresh.put(event.eventId(), event));
    for (Block block : stored) {
      blocks.addAll(touched.contains(block) ? without(block, fresh) : List.of(block));
    }
    List<TraceEvent> left = List.copyOf(fresh.values());
    blocks.addAll(left.size() == events.size() ? encoded : blocks(left));
    count(left, 1);
  }

  /**
   * The block without the events that others replace; equal ones are taken out of these instead.
   */
  private List<Block> without(Block block, Map<EventId, TraceEvent> fresh) {
    List<TraceEvent> kept = new ArrayList<>();
    List<TraceEvent> replaced = new ArrayList<>();
    for (TraceEvent event : Block.decode(block.load(member, transaction))) {
      TraceEvent other = fresh.get(event.eventId());
      if (other == null || other.equals(event)) {
        kept.add(event);
        fresh.remove(event.eventId());
      } else {
        replaced.add(event);
      }
    }
    if (replaced.isEmpty()) {
      return List.of(block);
    }
    count(replaced, -1);
    if (!block.isInEntry()) {
      emptied.add(block.number());
    }
    return kept.isEmpty() ? List.of() : List.of(Block.of(kept));
  }

  private void count(List<TraceEvent> events, int sign) {
    Terms.ofEvents(events)
        .forEach((term, count) ->
            terms.merge(
                term,
                sign * count,
                (a, b) -> {
                  int sum = a + b;
                  return sum == 0 ? null : Integer.valueOf(sum);
                }));
  }

  /** Puts small blocks together, moves large ones out, and writes. */
  private void settle() {
    List<Block> inEntry = blocks.stream().filter(Block::isInEntry).toList();
    long bytes = inEntry.stream().mapToLong(Block::bytesInEntry).sum();
    boolean large = bytes > BYTES_IN_ENTRY;
    if (inEntry.size() > MOST_IN_ENTRY && (!large || bytes / inEntry.size() < BYTES_IN_ENTRY / 2)) {
      blocks.removeAll(inEntry);
      inEntry = together(inEntry);
      blocks.addAll(inEntry);
      large = inEntry.stream().mapToLong(Block::bytesInEntry).sum() > BYTES_IN_ENTRY;
    }
    emptied.forEach(number -> transaction.remove(Key.block(member, number)));
    if (large) {
      blocks.removeAll(inEntry);
      inEntry.forEach(block -> blocks.add(movedOut(block)));
    }
  }

  private List<Block> together(List<Block> small) {
    List<TraceEvent> events = new ArrayList<>();
    small.forEach(block -> events.addAll(Block.decode(block.load(member, transaction))));
    events.sort(TraceEvent.ORDER);
    return blocks(events);
  }

  private Block movedOut(Block block) {
    transaction.put(Key.block(member, nextBlock), block.load(member, transaction));
    return block.movedTo(nextBlock++);
  }
}
