package io.tracestore.server.reflow;

import java.time.Duration;

/**
 * Limits of one connection.
 *
 * @param maxMessageBytes a longer message closes the connection with 1009
 * @param maxAnswerBytes what a larger answer would take is answered with an error
 * @param pingEvery how often a silent client is asked whether it is there
 * @param lostAfter a client from which nothing came for as long, although asked, is gone
 * @param retryFor how long a store that fails for a passing reason is asked again
 */
public record SocketOptions(
    int maxMessageBytes,
    long maxAnswerBytes,
    Duration pingEvery,
    Duration lostAfter,
    Duration retryFor) {}
