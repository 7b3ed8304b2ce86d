"""All targets, in the order in which they are listed. A new one is a module and a line here (and in `config`)."""

from sftrm_quality.releases.exports import alpaca, messages, mlx, ms_swift, pairs, pairs_text, prompt_completion

TARGETS = {
    target.name: target
    for target in (
        messages.TARGET,
        prompt_completion.TARGET,
        alpaca.TARGET,
        mlx.TARGET,
        pairs.TARGET,
        pairs_text.TARGET,
        ms_swift.TARGET,
    )
}
