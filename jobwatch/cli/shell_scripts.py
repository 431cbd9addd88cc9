"""What each shell runs: a function that asks jobwatch how a line goes on, and takes the answer.

Each is a template for `click.shell_completion.ShellComplete`, whose protocol it speaks: for bash
and fish an item is a line, its kind before a comma, for zsh three lines. Nothing of the user's
shell is changed but what completes jobwatch: every variable is local.
"""

from __future__ import annotations

__all__ = ["BASH", "FISH", "ZSH"]

# COMP_WORDS is an array, which an assignment in front of a command can't hand on; env can.
BASH = """\
%(complete_func)s() {
    local IFS=$'\\n'
    local program=${1/#\\~\\//"$HOME/"} answer item
    COMPREPLY=()
    answer=$(env COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" \\
        %(complete_var)s=bash_complete "$program")
    while IFS= read -r item; do
        case $item in
            plain,*) COMPREPLY+=("${item#plain,}") ;;
            file,*) compopt -o default ;;
            dir,*) compopt -o dirnames ;;
        esac
    done <<< "$answer"
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""

# Loaded from a folder of $fpath the file is the function itself, which then is called at once.
ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local kind text means
    local -a answer bare described
    (( $+commands[%(prog_name)s] )) || return 1
    answer=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT - 1)) \\
        %(complete_var)s=zsh_complete %(prog_name)s)}")
    for kind text means in "${(@)answer}"; do
        case $kind in
            plain)
                if [[ $means == _ ]]; then
                    bare+=("$text")
                else
                    described+=("$text:$means")
                fi
                ;;
            file) _path_files -f ;;
            dir) _path_files -/ ;;
        esac
    done
    (( $#described )) && _describe -V unsorted described -U
    (( $#bare )) && compadd -U -V unsorted -a bare
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

# Of a text behind a tab fish shows what stands there beside it.
FISH = """\
function %(complete_func)s
    set -l answer (env %(complete_var)s=fish_complete COMP_WORDS=(commandline -cp) \\
        COMP_CWORD=(commandline -t) %(prog_name)s)
    for item in $answer
        set -l parts (string split --max 1 , -- $item)
        switch $parts[1]
            case plain
                echo $parts[2]
            case file
                __fish_complete_path $parts[2]
            case dir
                __fish_complete_directories $parts[2]
        end
    end
end

complete --command %(prog_name)s --no-files --keep-order --arguments '(%(complete_func)s)'
"""
